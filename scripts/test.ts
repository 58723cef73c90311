// Runs the tests, unit and system, and ends with the line "N passed, N failed". Usage: test.ts [unit|system] [vitest's filters and options]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseCLI, startVitest, type TestCase, type TestModule } from 'vitest/node';

type Half = 'unit' | 'system';

interface Totals {
  passed: number;
  failed: number;
}

const root = join(import.meta.dirname, '..');
/** Set where nobody looks at skipped tests: then a system test that can't run is a failure. */
const systemRequired = process.env.SEAWALL_SYSTEM_TESTS === 'required';
const isRoot = process.getuid?.() === 0;
const SYSTEM_SKIPPED =
  'System tests were skipped: they need root, and install Debian packages. To run them: sudo npm test';

process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  const [first, ...others] = args;
  const wanted: readonly Half[] = first === 'unit' || first === 'system' ? [first] : ['unit', 'system'];
  const rest = wanted.length === 1 ? others : args;
  const { filter, options } = parseCLI(['vitest', 'run', ...rest]);
  const totals: Totals = { passed: 0, failed: 0 };
  const halves = wanted.filter((half) => half === 'unit' || systemIsReady(totals));
  if (halves.length > 0) {
    const vitest = await startVitest('test', filter, { ...options, root, project: [...halves], run: true });
    const modules = vitest.state.getTestModules();
    for (const module of modules) count(module, totals);
    totals.failed += vitest.state.getUnhandledErrors().length;
    if (rest.length === 0) totals.failed += skippedSystemTests(modules);
    if (modules.length === 0) {
      console.error('No test was found.');
      totals.failed++;
    }
    await vitest.close();
  }
  // Said last, where it is seen.
  if (wanted.includes('system') && !isRoot) console.log(SYSTEM_SKIPPED);
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  return totals.failed === 0 ? 0 : 1;
}

/** Whether system tests can run here; installs what they need. What is wrong is said, and counted where it is a failure. */
function systemIsReady(totals: Totals): boolean {
  if (!isRoot) {
    if (systemRequired) totals.failed++;
    return false;
  }
  const install = spawnSync(join(root, 'scripts/system-packages.sh'), { stdio: ['ignore', 'inherit', 'inherit'] });
  if (install.status === 0) return true;
  console.error(
    `System tests can't run: scripts/system-packages.sh failed (${install.error ?? `exit ${install.status}`}).`,
  );
  totals.failed++;
  return false;
}

/** A file that can't be loaded, or whose hooks fail, counts as one failed test beside those in it. */
function count(module: TestModule, totals: Totals): void {
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') totals.passed++;
    else if (state !== 'skipped') totals.failed++;
  }
  totals.failed += module.errors().length;
  for (const suite of module.children.allSuites()) totals.failed += suite.errors().length;
}

/** Names the system tests that were skipped, and returns how many: what the machine lacks must not pass for tested. */
function skippedSystemTests(modules: readonly TestModule[]): number {
  const skipped = modules
    .filter((module) => module.project.name === 'system')
    .flatMap((module) => [...module.children.allTests('skipped')]);
  for (const test of skipped) console.error(`A system test was skipped: ${nameOf(test)}`);
  return skipped.length;
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId}: ${test.fullName}`;
}

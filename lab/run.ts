// npm run lab -- list|up|run|scenario|down: a real server to rehearse on, in namespaces of this machine. See docs/lab.md.
import { spawnSync } from 'node:child_process';
import { Command, InvalidArgumentError, Option } from 'commander';
import { SERVER } from './addresses.ts';
import { type Lab, openLab, startLab } from './index.ts';
import { enterArgv } from './inside.ts';
import { rehearse } from './rehearse.ts';
import { SCENARIOS } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { readState, stateNames } from './state.ts';
import { WEB_KINDS, type WebKind } from './web.ts';
import { removeCache } from './wordpress.ts';
import { removeWorld, sweep } from './world.ts';

const NAME = 'main';
const program = new Command('npm run lab --')
  .description('A real server with a real site, to rehearse incidents on.')
  .enablePositionalOptions();

program
  .command('list')
  .description('the scenarios, and which labs are up')
  .action(() => {
    for (const { name, about } of SCENARIOS) console.log(`${name.padEnd(28)}${about}`);
    const labs = stateNames().map((name) => readState(name));
    for (const state of labs) {
      if (state) console.log(`\nup: ${state.name}, ${state.web}, ${state.memoryMb} MB, since ${state.startedAt}`);
    }
    if (labs.length === 0) console.log('\nNo lab is up.');
  });

program
  .command('up')
  .description('starts a lab that stays until it is taken down')
  .addOption(new Option('--web <kind>', 'web server and PHP').choices(WEB_KINDS).default('apache-cgi'))
  .option('--memory <MB>', "the server's memory", megabytes, 512)
  .action(async ({ web, memory }: { web: WebKind; memory: number }) => {
    if (openLab(NAME)) return console.log('The lab is up already. Take it down first for another one.');
    await removeWorld(NAME);
    const began = Date.now();
    const stop = interruption();
    const lab = await startLab({ web, memoryMb: memory, keepAs: NAME });
    if (stop.aborted) return await lab.down();
    console.log(
      `Up in ${((Date.now() - began) / 1000).toFixed(1)} s: http://${SERVER.site}/ at ${SERVER.ipv4}, ${web}, ${memory} MB.`,
    );
    console.log('Inside: npm run lab -- run bash     Trouble: npm run lab -- scenario pingback-flood');
  });

program
  .command('run')
  .description('runs a program inside the server, as root: run bash')
  .argument('<program...>')
  .passThroughOptions()
  .allowUnknownOption()
  .action((argv: [string, ...string[]]) => {
    const lab = openLab(NAME);
    if (!lab) return fail('No lab is up: npm run lab -- up');
    const env = { TERM: process.env.TERM ?? 'dumb' };
    const [first, ...rest] = enterArgv(lab.state, 'server', argv, { env });
    process.exitCode = spawnSync(first, rest, { stdio: 'inherit' }).status ?? 1;
  });

program
  .command('scenario')
  .description('plays a scenario: on the lab that is up, else on one of its own')
  .argument('<name>', 'as list names it')
  .option('--seconds <n>', 'how long the trouble lasts', seconds)
  .option('--lead <n>', 'seconds of ordinary traffic before it', seconds, 20)
  .option('--record <folder>', 'records it there, with the truth about it in expected.json')
  .action(async (name: string, options: { seconds?: number; lead: number; record?: string }) => {
    const scenario = SCENARIOS.find((one) => one.name === name);
    if (!scenario) return fail(`There is no scenario ${name}: npm run lab -- list`);
    await play(scenario, options);
  });

program
  .command('down')
  .description('takes the lab away, also what killed ones left')
  .option('--all', 'and labs that others run just now, tests among them')
  .option('--cache', 'and the archive of the installed site')
  .action(async ({ all, cache }: { all?: boolean; cache?: boolean }) => {
    const stale = await sweep();
    const names = stateNames().filter((name) => all || name === NAME);
    for (const name of names) await removeWorld(name);
    if (cache) removeCache();
    const gone = [...stale, ...names];
    console.log(gone.length === 0 ? 'No lab was up.' : `Down: ${gone.join(', ')}`);
    const others = stateNames();
    if (others.length > 0) console.log(`Others run labs of their own, and were let be: ${others.join(', ')} (--all)`);
  });

try {
  await program.parseAsync();
} catch (error) {
  fail((error as Error).message);
}

async function play(scenario: Scenario, options: { seconds?: number; lead: number; record?: string }): Promise<void> {
  const signal = interruption();
  const up = openLab(NAME);
  const lab: Lab = up ?? (await startLab(scenario.lab));
  try {
    if (up && scenario.lab.web !== up.state.web) {
      console.log(
        `This scenario is made for ${scenario.lab.web}; the lab that is up has ${up.state.web}. Trying it all the same.`,
      );
    }
    const began = Date.now();
    const { visits, kills } = await rehearse(lab, scenario, {
      leadSeconds: options.lead,
      ...(options.seconds === undefined ? {} : { seconds: options.seconds }),
      ...(options.record === undefined ? {} : { recordTo: options.record }),
      say: (line) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`),
      signal,
    });
    const good = visits.filter(({ status, ms }) => status !== undefined && status < 400 && ms < 2_000).length;
    console.log(
      `Ordinary visitors: ${good} of ${visits.length} requests answered well within 2 s. Killed: ${kills.length}.`,
    );
    if (options.record !== undefined) console.log(`Recorded. Try: bin/seawall diagnose ${options.record}`);
  } finally {
    if (!up) await lab.down();
  }
}

/** Aborted by Ctrl-C and its like, so that what was begun can be ended in order; the second time ends this process. */
function interruption(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

function megabytes(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 192 || value > 65_536) throw new InvalidArgumentError('192 to 65536 MB.');
  return value;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 600) throw new InvalidArgumentError('0 to 600 seconds.');
  return value;
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

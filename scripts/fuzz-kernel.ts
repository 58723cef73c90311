// Looks for logs on which the kernel and the reference parser differ: `npm run fuzz -- [--seconds 60] [--seed N]`, after a build.
// What it finds it makes small, and writes into src/sources/fuzz-findings/, where a test repeats it.
import { createHash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { accessLogBytes, longLine, setting, spoiling, spoilt } from '../src/sources/access-lines.fixture.ts';
import { disagreement, FINDINGS, type Finding } from '../src/sources/fuzz-finding.fixture.ts';
import { kernelFormat } from '../src/sources/kernel.fixture.ts';
import { smallest } from './smallest.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' } } });
const seconds = Number(values.seconds ?? 60);
let seed = Number(values.seed ?? Date.now() % 2 ** 31);
/** More of one kind help nobody. */
const FINDINGS_MAX = 10;

const cases = join(import.meta.dirname, '../cases');
const recorded = globSync('**/*.log*', { cwd: cases })
  .map((path) => readFileSync(join(cases, path)))
  .filter((bytes) => kernelFormat(bytes) !== undefined)
  .map(linesOf);

/** Lines of a recorded log, the first of which are left as they are, so that it is recognised. */
const recordedLog = fc
  .record({
    lines: fc.constantFrom(...recorded),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    count: fc.integer({ min: 1, max: 400 }),
    changes: fc.array(fc.tuple(fc.nat(400), spoiling), { maxLength: 60 }),
  })
  .map(({ lines, from, count, changes }) => {
    const start = Math.floor(from * lines.length);
    const some = lines.slice(start, start + count);
    for (const [at, change] of changes)
      some[at % some.length] = spoilt(some[at % some.length] ?? Buffer.alloc(0), change);
    return Buffer.concat([...lines.slice(0, 30), ...some]);
  });

const log = fc.oneof(
  { weight: 4, arbitrary: accessLogBytes },
  { weight: 4, arbitrary: recordedLog },
  {
    weight: 1,
    arbitrary: fc
      .tuple(accessLogBytes, fc.array(longLine, { minLength: 1, maxLength: 2 }))
      .map(([bytes, long]) => Buffer.concat([bytes, Buffer.from('\n'), ...long])),
  },
);

const trial: fc.Arbitrary<Finding> = fc
  .record({
    bytes: log,
    setting: fc.oneof(fc.constant({}), setting),
    pieces: fc.constantFrom(undefined, undefined, 2, 17, 400),
    parts: fc.constantFrom(1, 1, 2, 5),
  })
  .map(({ bytes, setting: asked, pieces, parts }) => ({
    log: bytes.toString('latin1'),
    setting: asked,
    feeding: { ...(pieces && { chunk: Math.ceil(bytes.length / pieces) }), ...(parts > 1 && { parts }) },
  }));

const until = Date.now() + seconds * 1000;
let tried = 0;
const found = new Set<string>();
console.log(`seed ${seed}, ${recorded.length} recorded logs, ${seconds} s`);
while (Date.now() < until && found.size < FINDINGS_MAX) {
  for (const one of fc.sample(trial, { seed: seed++, numRuns: 20 })) {
    tried++;
    const told = await tell(one);
    if (told.length === 0) continue;
    const kind = kindOf(told);
    if (found.has(kind)) continue;
    found.add(kind);
    const small = await smallest(one, async (smaller) => kindOf(await tell(smaller)) === kind);
    const name = `${createHash('sha256').update(small.log).digest('hex').slice(0, 12)}.json`;
    writeFileSync(join(FINDINGS, name), `${JSON.stringify(small, undefined, 2)}\n`);
    console.log(`${name}, seed ${seed - 1}:\n${(await tell(small)).join('\n')}`);
  }
}
console.log(
  `${tried} logs tried, the next seed is ${seed}: ${found.size === 0 ? 'no difference' : `${found.size} kinds of differences`}`,
);
process.exitCode = found.size === 0 ? 0 : 1;

async function tell(one: Finding): Promise<string[]> {
  try {
    return await disagreement(one);
  } catch (error) {
    return [`failed: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** What differs, whichever address or path it differs for. */
function kindOf(told: readonly string[]): string {
  return (told[0] ?? '').replace(/: expected .*/s, '').replace(/\[.*?\]|\.\d+/gs, '[]');
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length && lines.length < 20_000; ) {
    const newline = bytes.indexOf(0x0a, at);
    const end = newline < 0 ? bytes.length : newline + 1;
    lines.push(bytes.subarray(at, end));
    at = end;
  }
  return lines;
}

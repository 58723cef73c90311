// Reads one access log with the built program, and prints as JSON what it counted and took: the child of the benchmark log-engine.
// Arguments: the URL of dist/, the log, the engine, and how many threads (0: as many as it likes).
import { readFileSync } from 'node:fs';

const [dist = '', log = '', engine, threads] = process.argv.slice(2);
const { readTraffic }: typeof import('../../src/sources/read-traffic.ts') = await import(
  `${dist}/sources/read-traffic.js`
);
const { countDistinct }: typeof import('../../src/model/distinct.ts') = await import(`${dist}/model/distinct.js`);

const begin = performance.now();
const { traffic, logs } = await readTraffic({
  paths: [log],
  query: {},
  now: Date.now(),
  engine: engine === 'reference' ? 'reference' : 'kernel',
  ...(Number(threads) > 0 && { threads: Number(threads) }),
});
const seconds = (performance.now() - begin) / 1000;

const total = traffic?.whole.total;
const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
console.log(
  JSON.stringify({
    seconds,
    lines: logs.reduce((sum, { lines }) => sum + lines, 0),
    requests: total?.requests ?? 0,
    sources: total ? countDistinct(total.members) : 0,
    peakMb: Number(peak?.[1]) / 1024,
  }),
);

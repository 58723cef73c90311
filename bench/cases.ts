// How long a diagnosis takes: the pingback flood, all recorded cases one after the other, and the help, beside an empty Node.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Benchmark, median } from './support/benchmark.ts';
import { measure } from './support/measure.ts';

const ROOT = join(import.meta.dirname, '..');
const SEAWALL = join(ROOT, 'bin/seawall');
const FLOOD = join(ROOT, 'cases/pingback-flood');

export const cases: Benchmark = {
  name: 'cases',
  about: 'time of seawall diagnose on the recorded cases, and of seawall --help, beside an empty Node',
  async run(say) {
    const empty = await times(11, process.execPath, ['-e', '0']);
    const help = await times(11, SEAWALL, ['--help']);
    const flood = await times(7, SEAWALL, ['diagnose', FLOOD]);
    const folders = readdirSync(join(ROOT, 'cases')).map((name) => join(ROOT, 'cases', name));
    const all: number[] = [];
    for (const folder of folders) all.push((await measure(SEAWALL, ['diagnose', folder])).seconds);
    const slowest = Math.max(...all);
    say(`node -e 0                   ${ms(median(empty))} ms (median of 11)`);
    say(
      `seawall --help              ${ms(median(help))} ms (median of 11), ${(median(help) / median(empty)).toFixed(1)} times an empty Node`,
    );
    say(
      `diagnose pingback-flood     ${ms(median(flood))} ms (median of 7), ${(median(flood) / median(empty)).toFixed(1)} times an empty Node`,
    );
    say(`all ${folders.length} cases, one by one    ${ms(median(all))} ms (median), ${ms(slowest)} ms the slowest`);
    return {
      emptyMs: median(empty) * 1000,
      helpMs: median(help) * 1000,
      helpTimesEmpty: median(help) / median(empty),
      pingbackFloodMs: median(flood) * 1000,
      caseMedianMs: median(all) * 1000,
      caseSlowestMs: slowest * 1000,
    };
  },
};

async function times(runs: number, command: string, args: readonly string[]): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < runs; i++) seconds.push((await measure(command, args)).seconds);
  return seconds;
}

function ms(seconds: number): string {
  return (seconds * 1000).toFixed(0).padStart(6);
}

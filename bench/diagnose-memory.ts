// A 1 GB access log, diagnosed in bounded memory: beside `wc -l` and an awk that counts one column.
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeAccessLog } from './support/access-log.ts';
import type { Benchmark, Figures } from './support/benchmark.ts';
import { type Measured, measure } from './support/measure.ts';
import { withScratch } from './support/scratch.ts';

/** All of it for the log of a shop; a twentieth where every line is from another address, which is slow going. */
const GB = 1024 ** 3;
const SEAWALL = join(import.meta.dirname, '../bin/seawall');

export const diagnoseMemory: Benchmark = {
  name: 'diagnose-memory',
  about: 'time and peak memory of seawall diagnose on 1 GB of access log, beside wc and awk',
  async run(say) {
    return withScratch(async (folder) => ({
      ...(await runOn('shop', join(folder, 'access.log'), GB, false, say)),
      ...(await runOn('distinct', join(folder, 'distinct.log'), GB / 20, true, say)),
    }));
  },
};

async function runOn(
  name: string,
  path: string,
  bytes: number,
  distinct: boolean,
  say: (line: string) => void,
): Promise<Figures> {
  const lines = writeAccessLog(path, { bytes, hours: 26, distinct });
  const megabytes = statSync(path).size / 1024 ** 2;
  say(
    `${name}: ${lines.toLocaleString('en-US')} lines, ${megabytes.toFixed(0)} MB${distinct ? ', each from another address' : ''}`,
  );
  const rows: [string, Measured][] = [['wc -l', await measure('wc', ['-l', path])]];
  if (existsSync('/usr/bin/mawk'))
    rows.push(['mawk {c[$1]++}', await measure('mawk', ['{c[$1]++} END {print length(c)}', path])]);
  rows.push(['seawall diagnose', await measure(SEAWALL, ['diagnose', path, '--json'])]);
  for (const [tool, { seconds, peakMb }] of rows) {
    say(
      `  ${tool.padEnd(18)}${seconds.toFixed(2).padStart(8)} s  ${peakMb.toFixed(0).padStart(6)} MB resident at most  ${(lines / seconds / 1000).toFixed(0).padStart(7)} thousand lines/s`,
    );
  }
  rmSync(path, { force: true });
  const seawall = rows.at(-1)?.[1];
  const awk = rows.find(([tool]) => tool.startsWith('mawk'))?.[1];
  if (!seawall || seawall.code > 3) throw new Error(`seawall diagnose ended with ${seawall?.code}: is it built?`);
  say(
    `  ${(seawall.peakMb / 200).toFixed(2)} of the 200 MB that it may take${awk ? `; ${(seawall.seconds / awk.seconds).toFixed(1)} times the time of mawk, ${(seawall.peakMb / awk.peakMb).toFixed(2)} of its memory` : ''}`,
  );
  return {
    [`${name}Lines`]: lines,
    [`${name}Megabytes`]: megabytes,
    [`${name}Seconds`]: seawall.seconds,
    [`${name}PeakMb`]: seawall.peakMb,
    [`${name}PeakOfLimit`]: seawall.peakMb / 200,
    ...(awk && {
      [`${name}MawkSeconds`]: awk.seconds,
      [`${name}MawkPeakMb`]: awk.peakMb,
      [`${name}TimesMawk`]: seawall.seconds / awk.seconds,
    }),
  };
}

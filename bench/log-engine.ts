// How fast access logs are read, by the engine and by what people use today, side by side on the same lines; and in what memory.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, Figures } from './support/benchmark.ts';
import { writeDistinctLog } from './support/distinct-log.ts';
import { type EngineCommand, engineCommand, engineCount } from './support/engine-child.ts';
import { LOGS, makeLog } from './support/engine-logs.ts';
import { ratioLine, speedTable } from './support/engine-table.ts';
import { findTools, SLOW } from './support/engine-tools.ts';
import { measure } from './support/measure.ts';
import { withScratch } from './support/scratch.ts';
import { mustAgree, type SideBySide, sideBySide } from './support/side-by-side.ts';
import type { Speeds } from './support/speed.ts';

const LINES = 5_000_000;
const LINES_MIN = 1000;
/** So many times the lines, each with another address and another URL, must fit into so much. */
const MEMORY_SHARE = 2;
const MEMORY_MB = 256;

export const logEngine: Benchmark = {
  name: 'log-engine',
  about: 'speed and memory of the log engine beside wc, rg, mawk and GoAccess (BENCH_LINES=50000: a quick look)',
  async run(say) {
    const lines = linesAsked();
    return withScratch(async (folder) => {
      const engine = engineCommand(folder);
      const { tools, missing } = findTools(folder, engine);
      for (const words of missing) say(words);
      say(
        `In turns, the log in memory, ${availableParallelism()} cores. What takes minutes reads a log of a tenth of the lines, ${SLOW.rounds} times;`,
      );
      say(
        'GoAccess reads all lines once. Ratios are of lines a second of whole processes. What rg maps counts as its memory.',
      );
      let figures: Figures = { cores: availableParallelism() };
      for (const log of LOGS) {
        const result = await sideBySide(log, Math.round(lines * log.share), folder, tools);
        const { file, speeds, inside, ratios } = result;
        say(`\n${log.title}: ${file.lines.toLocaleString('en-US')} lines, ${(file.bytes / 1e9).toFixed(2)} GB`);
        for (const line of speedTable(speeds, inside)) say(line);
        for (const ratio of ratios) say(`  ${ratioLine(ratio)}`);
        figures = { ...figures, ...figuresOf(log.name, result) };
      }
      return { ...figures, ...(await memory(folder, lines * MEMORY_SHARE, engine, say)) };
    });
  },
};

function linesAsked(): number {
  const asked = Number(process.env.BENCH_LINES ?? LINES);
  if (!Number.isInteger(asked) || asked < LINES_MIN)
    throw new Error(`BENCH_LINES must be a whole number from ${LINES_MIN}, not "${process.env.BENCH_LINES}"`);
  return asked;
}

/** How much the engine takes at most, on all cores, for as many addresses and URLs as there are lines. */
async function memory(
  folder: string,
  lines: number,
  engine: EngineCommand,
  say: (line: string) => void,
): Promise<Figures> {
  const file = await makeLog({ write: writeDistinctLog }, join(folder, 'memory.log'), lines);
  const { code, outputEnd } = await measure(engine.command, engine.args(file.path, 'kernel'));
  if (code !== 0) throw new Error(`the engine ended with ${code} on ${lines} distinct lines`);
  const count = engineCount(outputEnd);
  mustAgree([{ by: 'the engine', file, count }]);
  const ofLimit = count.peakMb / MEMORY_MB;
  const bound = { words: `must be 1 or less, of ${MEMORY_MB} MB`, kept: ofLimit <= 1 };
  say(`\nmemory: ${lines.toLocaleString('en-US')} addresses (IPv6) and as many URLs, once`);
  say(`  ${count.peakMb.toFixed(0)} MB resident at most, ${count.seconds.toFixed(2)} s`);
  say(`  ${ratioLine({ name: 'memoryOfLimit', label: 'peak memory, times what it may be', value: ofLimit, bound })}`);
  return { memoryLines: lines, memoryPeakMb: count.peakMb, memorySeconds: count.seconds, memoryOfLimit: ofLimit };
}

function figuresOf(log: string, { file, speeds, inside, ratios }: SideBySide): Figures {
  return {
    [`${log}Lines`]: file.lines,
    [`${log}Bytes`]: file.bytes,
    ...speedFigures(log, speeds, ''),
    ...speedFigures(log, inside, 'Inside'),
    ...Object.fromEntries(ratios.map(({ name, value }) => [log + capital(name), value])),
  };
}

/** "combinedWcSeconds"; a peak that nobody saw is left out. */
function speedFigures(log: string, speeds: Speeds, end: string): Figures {
  return Object.fromEntries(
    [...speeds].flatMap(([tool, { runs, lines, seconds, linesPerSecond, bytesPerSecond, peakMb }]) => {
      const name = log + capital(tool) + end;
      return [
        [`${name}Runs`, runs],
        [`${name}Lines`, lines],
        [`${name}Seconds`, seconds],
        [`${name}LinesPerSecond`, linesPerSecond],
        [`${name}GigabytesPerSecond`, bytesPerSecond / 1e9],
        ...(Number.isNaN(peakMb) ? [] : [[`${name}PeakMb`, peakMb]]),
      ];
    }),
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

// Lets all tools read one log in turns: their speeds, the engine's ratios to them, and whether all of its counts agree.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineCount, engineCount } from './engine-child.ts';
import { type Log, type LogFile, makeLog } from './engine-logs.ts';
import { LABELS, SLOW, type Tool, type ToolId } from './engine-tools.ts';
import { measure } from './measure.ts';
import { roundRobin } from './round-robin.ts';
import { type Ratio, ratiosOf, type Speed, type Speeds, speedOf } from './speed.ts';

export interface SideBySide {
  readonly file: LogFile;
  /** Of whole processes. */
  readonly speeds: Speeds;
  /** Of reading and counting alone, within the engine's process. */
  readonly inside: Speeds;
  readonly ratios: readonly Ratio[];
}

/** @throws when a tool fails, or when the engine's counts differ from the reference parser's or from its own */
export async function sideBySide(log: Log, lines: number, folder: string, tools: readonly Tool[]): Promise<SideBySide> {
  const whole = await makeLog(log, join(folder, `${log.name}.log`), lines);
  const tenth = await makeLog(log, join(folder, `${log.name}-tenth.log`), Math.round(lines * SLOW.share));
  const fileOf = (tool: Tool): LogFile => (tool.share < 1 ? tenth : whole);
  const results = await roundRobin(
    tools.map((tool) => ({
      rounds: tool.rounds,
      run: () => runOnce(tool, fileOf(tool), log),
    })),
  );
  const speeds = new Map<ToolId, Speed>();
  const inside = new Map<ToolId, Speed>();
  const counted: Counted[] = [];
  for (const [i, tool] of tools.entries()) {
    const runs = results[i] ?? [];
    speeds.set(tool.id, speedOf(fileOf(tool), runs));
    const counts = runs.flatMap(({ count }) => (count ? [count] : []));
    if (counts.length > 0) inside.set(tool.id, speedOf(fileOf(tool), counts));
    counted.push(...counts.map((count) => ({ by: LABELS[tool.id], file: fileOf(tool), count })));
  }
  // The reference parser read the tenth alone: what the engine counts there must be the same.
  const engine = tools.find(({ id }) => id === 'all');
  const { count } = engine ? await runOnce(engine, tenth, log) : {};
  if (count) counted.push({ by: LABELS.all, file: tenth, count });
  for (const file of [whole, tenth]) {
    mustAgree(counted.filter((one) => one.file === file));
    rmSync(file.path);
  }
  return { file: whole, speeds, inside, ratios: ratiosOf(speeds) };
}

interface Run {
  readonly seconds: number;
  readonly peakMb: number;
  readonly count?: EngineCount;
}

async function runOnce(tool: Tool, file: LogFile, log: Log): Promise<Run> {
  const { code, seconds, peakMb, outputEnd } = await measure(tool.command, tool.args(file.path, log.goaccessFormat));
  if (code !== 0) throw new Error(`${LABELS[tool.id]} ended with ${code} on the log "${log.title}"`);
  if (!tool.counts) return { seconds, peakMb };
  const count = engineCount(outputEnd);
  return { seconds, peakMb: count.peakMb, count };
}

/** What one run of the engine counted in a file. */
export interface Counted {
  readonly by: string;
  readonly file: LogFile;
  readonly count: EngineCount;
}

/** @throws unless all counted the same, and all lines */
export function mustAgree(counted: readonly Counted[]): void {
  const words = counted.map(
    ({ by, count }) => `${by}: ${count.lines} lines, ${count.requests} requests, ${count.sources} sources`,
  );
  const figures = new Set(counted.map(({ count }) => JSON.stringify([count.lines, count.requests, count.sources])));
  if (figures.size > 1 || counted.some(({ file, count }) => count.lines !== file.lines))
    throw new Error(
      `the counts of one log of ${counted[0]?.file.lines} lines differ: ${[...new Set(words)].join('; ')}`,
    );
}

// Starts the built program's engine in a process of its own, on the Node and with the flags that bin/seawall gives it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '../..');

/** What the child printed. */
export interface EngineCount {
  /** Of reading and counting alone. */
  readonly seconds: number;
  readonly lines: number;
  readonly requests: number;
  readonly sources: number;
  readonly peakMb: number;
}

export interface EngineCommand {
  readonly command: string;
  /** Without `threads`: on all cores. */
  args(log: string, engine: 'kernel' | 'reference', threads?: number): string[];
}

/**
 * The child's types are stripped here, once: Node would take 30 ms for it at each start.
 * @throws when the program was not built
 */
export function engineCommand(folder: string): EngineCommand {
  const dist = join(ROOT, 'dist');
  if (!existsSync(join(dist, 'sources/read-traffic.js')))
    throw new Error(`nothing is built in ${dist}: run "npm run build" first`);
  const script = join(folder, 'engine-run.mjs');
  writeFileSync(script, stripTypeScriptTypes(readFileSync(join(import.meta.dirname, 'engine-run.ts'), 'utf8')));
  const flags = /^flags='(.*)'$/m.exec(readFileSync(join(ROOT, 'bin/seawall'), 'utf8'))?.[1];
  if (flags === undefined) throw new Error("bin/seawall has no line flags='...' any more: adapt bench/support");
  return {
    command: process.execPath,
    args: (log, engine, threads = 0) => [
      ...flags.split(' '),
      script,
      pathToFileURL(dist).href,
      log,
      engine,
      String(threads),
    ],
  };
}

/** @throws when the output is none of the child's */
export function engineCount(output: string): EngineCount {
  const value: unknown = JSON.parse(output.trim() || 'null');
  if (typeof value !== 'object' || value === null) throw new Error('the engine printed nothing');
  const figure = (name: string): number => {
    const found: unknown = Reflect.get(value, name);
    if (typeof found !== 'number') throw new Error(`the engine printed no ${name}: ${output}`);
    return found;
  };
  return {
    seconds: figure('seconds'),
    lines: figure('lines'),
    requests: figure('requests'),
    sources: figure('sources'),
    peakMb: figure('peakMb'),
  };
}

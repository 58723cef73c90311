// The programs that read the same log side by side: those that count lines or a column, GoAccess, and the engine.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { EngineCommand } from './engine-child.ts';

export type ToolId = 'wc' | 'rg' | 'awk' | 'goaccess' | 'goaccessTenth' | 'goaccessJobs' | 'reference' | 'one' | 'all';

export const LABELS: Readonly<Record<ToolId, string>> = {
  wc: 'wc -l',
  rg: 'rg -c HTTP',
  awk: "mawk '{c[$1]++}'",
  goaccess: 'GoAccess',
  goaccessTenth: 'GoAccess, a tenth',
  goaccessJobs: 'GoAccess -j 2, a tenth',
  reference: 'reference parser, a tenth',
  one: 'engine, one thread',
  all: 'engine, all cores',
};

/** Of what is fast; of what is slow; and of what is slow but must read the same lines once. */
const FAST = { share: 1, rounds: 5 } as const;
export const SLOW = { share: 0.1, rounds: 3 } as const;
const ONCE = { share: 1, rounds: 1 } as const;

export interface Tool {
  readonly id: ToolId;
  /** How many of the log's lines it reads, all or a tenth, and how often: some would take minutes. */
  readonly share: number;
  readonly rounds: number;
  /** It is ours, and prints an `EngineCount`. */
  readonly counts?: true;
  readonly command: string;
  args(log: string, goaccessFormat: readonly string[]): string[];
}

/** What is on this machine, and what to say of the rest. */
export function findTools(folder: string, engine: EngineCommand): { tools: Tool[]; missing: string[] } {
  const missing: string[] = [];
  const present = (command: string, packageName: string): boolean => {
    const found = spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
    if (!found) missing.push(`${command} is not here and left out: apt-get install ${packageName}`);
    return found;
  };
  const tools: Tool[] = [{ id: 'wc', ...FAST, command: 'wc', args: (log) => ['-l', log] }];
  if (present('rg', 'ripgrep'))
    tools.push({ id: 'rg', ...FAST, command: 'rg', args: (log) => ['--no-config', '-c', 'HTTP', log] });
  if (present('mawk', 'mawk')) tools.push({ id: 'awk', ...FAST, command: 'mawk', args: (log) => ['{c[$1]++}', log] });
  if (present('goaccess', 'goaccess')) {
    const args = (log: string, format: readonly string[]): string[] => [
      log,
      ...format,
      '-o',
      join(folder, 'goaccess.json'),
      '--no-global-config',
      '--no-progress',
    ];
    tools.push({ id: 'goaccess', ...ONCE, command: 'goaccess', args });
    tools.push({ id: 'goaccessTenth', ...SLOW, command: 'goaccess', args });
    if (spawnSync('goaccess', ['--help'], { encoding: 'utf8' }).stdout.includes('--jobs'))
      tools.push({
        id: 'goaccessJobs',
        ...SLOW,
        command: 'goaccess',
        args: (log, format) => [...args(log, format), '-j', '2'],
      });
    else missing.push(`${goaccessVersion()} knows no -j: it runs on one thread`);
  }
  const { command } = engine;
  tools.push(
    { id: 'reference', ...SLOW, counts: true, command, args: (log) => engine.args(log, 'reference') },
    { id: 'one', ...FAST, counts: true, command, args: (log) => engine.args(log, 'kernel', 1) },
    { id: 'all', ...FAST, counts: true, command, args: (log) => engine.args(log, 'kernel') },
  );
  return { tools, missing };
}

function goaccessVersion(): string {
  const { stdout } = spawnSync('goaccess', ['--version'], { encoding: 'utf8' });
  return stdout.split('\n')[0]?.replace(' - ', ' ').replace(/\.$/, '') ?? 'GoAccess';
}

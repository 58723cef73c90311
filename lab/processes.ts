// Processes of this machine, as /proc tells them.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Start time in clock ticks since boot (proc_pid_stat(5), field 22); `undefined` when it is gone or a zombie. */
export function startTicksOf(pid: number): number | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  // The name stands in parentheses and may hold anything, parentheses too.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return Number(fields[19]);
}

function nameOf(pid: number): string | undefined {
  return textOf(`/proc/${pid}/comm`)?.trimEnd();
}

function childrenOf(pid: number): readonly number[] {
  const text = textOf(`/proc/${pid}/task/${pid}/children`);
  return text === undefined ? [] : text.split(' ').filter(Boolean).map(Number);
}

/** All that descend from it, children before their own children. */
export function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Waits for a descendant that runs a program of this name, up to five seconds. */
export async function awaitDescendant(pid: number, program: string): Promise<number> {
  for (const end = Date.now() + 5_000; Date.now() < end; await sleep(5)) {
    const found = [pid, ...descendantsOf(pid)].find((one) => nameOf(one) === program);
    if (found !== undefined) return found;
    if (startTicksOf(pid) === undefined) break;
  }
  throw new Error(`no ${program} was started by process ${pid} within 5 s`);
}

export async function waitUntil(holds: () => boolean, timeoutMs: number): Promise<boolean> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(10)) if (holds()) return true;
  return holds();
}

/** Every process of the machine. */
export function allPids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

// Runs a command and measures it from outside: wall time, and the most memory that its process ever had resident.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  readonly seconds: number;
  /** Peak resident memory (VmHWM of /proc/PID/status), MB of 1,048,576 bytes; NaN when the process was gone too soon. */
  readonly peakMb: number;
  readonly code: number;
  /** The end of what it wrote to standard output; the rest is thrown away. */
  readonly outputEnd: string;
}

const POLL_MS = 5;
const OUTPUT_MAX = 4096;

/** Should this process end before, the command is ended too. */
export function measure(command: string, args: readonly string[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const begin = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const kill = (): void => void child.kill();
    process.once('exit', kill);
    let peakKb = Number.NaN;
    const timer = setInterval(() => {
      peakKb = peakOf(child.pid) ?? peakKb;
    }, POLL_MS);
    let outputEnd = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      outputEnd = (outputEnd + text).slice(-OUTPUT_MAX);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
      clearInterval(timer);
      process.off('exit', kill);
      resolve({ seconds, peakMb: peakKb / 1024, code: code ?? -1, outputEnd });
    });
  });
}

/** The high-water mark only rises, so the last reading before the end is the peak, short of the last milliseconds. */
function peakOf(pid: number | undefined): number | undefined {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Number(match[1]) : undefined;
  } catch {
    return undefined;
  }
}

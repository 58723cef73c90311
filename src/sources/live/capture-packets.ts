// A short capture of the web's ports with tcpdump, headers only, bounded in time and number, into a file of our own.
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostReader } from '../../model/host.ts';

/** Link, IP and TCP headers with options, and the first words of a plain request: "POST /xmlrpc.php". */
const SNAP_BYTES = 112;
const FILTER = 'tcp port 80 or tcp port 443';
/** An empty capture has its file header alone. */
const EMPTY_BYTES = 24;

export interface Capture {
  readonly path: string;
  moveTo(path: string): void;
  remove(): void;
}

/** @returns why there is none: no tcpdump, no right, nothing came. */
export async function capturePackets(
  host: HostReader,
  { watchMs, most }: { readonly watchMs: number; readonly most: number },
): Promise<Capture | { readonly none: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-packets-'));
  const path = join(folder, 'packets.pcap');
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  const remove = (): void => {
    process.off('exit', clean);
    clean();
  };
  process.once('exit', clean);
  // It would give up root's rights before it opens the file (-Z), which lies in a folder of root's.
  const asUser = process.getuid?.() === 0 ? ['-Z', 'root'] : [];
  // Should we be gone before it, it ends by itself: at the first packet after that time.
  const untilItself = ['-G', `${Math.ceil(watchMs / 1000) + 2}`, '-W', '1'];
  const result = await host.run(
    [
      'tcpdump',
      ...untilItself,
      '-i',
      'any',
      '-n',
      '-q',
      '-U',
      ...asUser,
      '-s',
      `${SNAP_BYTES}`,
      '-c',
      `${most}`,
      '-w',
      path,
      FILTER,
    ],
    { timeoutMs: watchMs },
  );
  if (existsSync(path) && statSync(path).size > EMPTY_BYTES)
    return { path, moveTo: (to) => copyFileSync(path, to), remove };
  remove();
  if (result.failure === 'missing') return { none: 'there is no tcpdump here: apt-get install tcpdump' };
  if (result.failure === 'timeout') return { none: 'no packet of the web came while it was watched.' };
  return { none: `tcpdump says: ${result.stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? 'nothing'} (try sudo)` };
}

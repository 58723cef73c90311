// Copies of tables aside, before anything repairs them.
import type { Change } from '../../../model/act.ts';
import { kilobytes } from '../../../model/figures.ts';
import type { HostReader } from '../../../model/host.ts';

const KEPT = '/var/backups/seawall';

/** Under their whole paths in a folder of this moment. `refused` when there is no room for them. */
export async function copiesOf(
  host: HostReader,
  files: readonly string[],
): Promise<{ readonly change: Change; readonly to: string; readonly kb: number } | { readonly refused: string }> {
  const to = `${KEPT}/tables-${new Date(host.now()).toISOString().replace(/[:.]/g, '-')}`;
  const kb = await sizeOf(host, files);
  const free = await freeDisk(host);
  if (free !== undefined && kb !== undefined && kb + ROOM_KB > free)
    return {
      refused: `There is no room to copy the tables aside first: ${kilobytes(kb)} wanted in ${KEPT}, ${kilobytes(free)} free. Make room: seawall diagnose says what fills the disk.`,
    };
  return { change: { kind: 'copy', files, to, restore: false }, to, kb: kb ?? 0 };
}

/** Left free for others. */
const ROOM_KB = 10_240;
const AT_ONCE = 200;

async function sizeOf(host: HostReader, files: readonly string[]): Promise<number | undefined> {
  let bytes = 0;
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const told = await host.run(['stat', '--dereference', '--format=%s', '--', ...files.slice(at, at + AT_ONCE)]);
    if (told.failure !== undefined) return undefined;
    for (const line of told.stdout.split('\n')) bytes += Number(line) || 0;
  }
  return Math.ceil(bytes / 1024);
}

async function freeDisk(host: HostReader): Promise<number | undefined> {
  for (const folder of [KEPT, '/var/backups', '/var']) {
    const told = await host.run(['df', '--portability', '--block-size=1024', '--', folder]);
    const free = told.stdout.split('\n')[1]?.trim().split(/\s+/)[3];
    if (told.code === 0 && free !== undefined && /^\d+$/.test(free)) return Number(free);
  }
  return undefined;
}

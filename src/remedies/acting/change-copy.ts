// Copies files aside before a program changes them in place: all of them or none, so that a copy that is there is a whole one.
import type { Change, Changer } from '../../model/act.ts';
import { type Argv, type Host, HostError } from '../../model/host.ts';

type CopyChange = Extract<Change, { kind: 'copy' }>;

/** Tables of a database may be large. */
const COPY_MS = 1_800_000;
const PER_CALL = 200;

export const copyAside: Changer<CopyChange> = {
  async apply({ files, to }, host) {
    const part = partOf(to);
    // An older copy must not pass for this one: it would be brought back in its place.
    if (host.list(to) !== undefined) throw new HostError(`Copying files aside: ${to} is there already.`);
    await must(host, ['rm', '-rf', '--', part]);
    host.makeFolder(part, 0o700);
    for (let i = 0; i < files.length; i += PER_CALL) {
      const some = files.slice(i, i + PER_CALL);
      await must(host, ['cp', '-a', '--parents', '--reflink=auto', '--', ...some, part]);
    }
    await must(host, ['sync', '-f', part]);
    await must(host, ['mv', '-T', '--', part, to]);
  },

  /** The copy itself stays: nothing that was kept is thrown away. */
  async revert({ files, to, restore }, host) {
    const part = partOf(to);
    if (host.list(part) !== undefined) await must(host, ['rm', '-rf', '--', part]);
    // Without a whole copy nothing was changed yet: copying came first.
    if (!restore || host.list(to) === undefined) return;
    for (const file of files) await must(host, ['cp', '-a', '--reflink=auto', '--', `${to}${file}`, file]);
  },
};

/** Only ever a folder that this module makes itself. */
function partOf(to: string): string {
  if (!/^\/[^\0]*[^/\0]$/.test(to) || to.split('/').includes('..') || to.split('/').length < 4)
    throw new HostError(`Copying files aside: ${JSON.stringify(to)} is no place for it.`);
  return `${to}.part`;
}

async function must(host: Host, argv: Argv): Promise<void> {
  const left = await host.run(argv, { timeoutMs: COPY_MS });
  if (left.code === 0) return;
  throw new HostError(
    `Copying files aside with "${argv.slice(0, 6).join(' ')} ...": ${left.failure ?? `exit ${left.code}`}: ${left.stderr.trim().slice(0, 500)}`,
  );
}

// Changes a file: only one that is as it was when the change was planned, or that is changed already.
import { dirname } from 'node:path';
import type { Change, Changer } from '../../model/act.ts';
import { type FileState, type Host, HostError } from '../../model/host.ts';

type FileChange = Extract<Change, { kind: 'file' }>;

export const changeFile: Changer<FileChange> = {
  async apply({ path, before, after }, host) {
    bring(host, path, before, after);
  },
  async revert({ path, before, after }, host) {
    bring(host, path, after, before);
    host.tidyFile(path);
  },
};

function bring(host: Host, path: string, from: FileState | undefined, to: FileState | undefined): void {
  const now = host.fileState(path);
  if (isSame(now, to)) return;
  if (!isSame(now, from)) {
    throw new HostError(
      `Changing ${path}: somebody else changed it since it was looked at, so it is left as it is. Look at it, then try again.`,
    );
  }
  if (to === undefined) host.removeFile(path);
  else {
    if (host.list(dirname(path)) === undefined) host.makeFolder(dirname(path), 0o755);
    host.writeFile(path, to);
  }
}

function isSame(a: FileState | undefined, b: FileState | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.content === b.content && a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;
}

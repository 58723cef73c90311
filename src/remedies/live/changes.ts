// Changes of files as data: what a file is now, and what it would be.
import type { Change, Service } from '../../model/act.ts';
import type { FileState, HostReader, ProcessId } from '../../model/host.ts';

type FileChange = Extract<Change, { kind: 'file' }>;

/** The file with new text (one character a byte), its owner and mode kept. `undefined` when it is so already. */
export function fileChange(host: HostReader, path: string, text: (before: string) => string): FileChange | undefined {
  const before = host.fileState(path);
  const was = before === undefined ? '' : Buffer.from(before.content, 'base64').toString('latin1');
  const wanted = text(was);
  if (before !== undefined && wanted === was) return undefined;
  const after: FileState = {
    ...(before ?? { mode: 0o644, uid: 0, gid: 0 }),
    content: Buffer.from(wanted, 'latin1').toString('base64'),
  };
  return before === undefined ? { kind: 'file', path, after } : { kind: 'file', path, before, after };
}

/** A file of our own, whole. */
export function ownFile(
  host: HostReader,
  path: string,
  lines: readonly string[],
  comment: '#' | ';' = '#',
): FileChange | undefined {
  return fileChange(host, path, () => `${comment} ${OWN_MARK}\n${lines.join('\n')}\n`);
}

const OWN_MARK = 'Written by seawall; taken out again with: seawall undo';

/**
 * The configuration test as a step, and the reload. When the test fails, what was done before it is taken back, and nothing is
 * reloaded. Of a service that doesn't run, nothing has to take the new files over.
 */
export function takenOver({ service, main }: { readonly service: Service; readonly main?: ProcessId }): Change[] {
  const test: Change[] = service.test === undefined ? [] : [{ kind: 'run', argv: service.test, timeoutMs: 30_000 }];
  // A reload tests by itself.
  return main === undefined ? test : [{ kind: 'service', service, verb: 'reload', was: 'running' }];
}

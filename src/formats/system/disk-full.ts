// Recognises any program's complaint that a file system is full.
import type { DiskFullEvent } from '../../model/event.ts';

/** strerror(ENOSPC), and what Postfix and Dovecot say for it in their own words. */
const FULL =
  /No space left on device|\bENOSPC\b|insufficient system storage|not enough free space in mail queue|Disk quota exceeded/i;
/**
 * ENOSPC is also what the kernel answers when inotify watches, semaphores, cgroups or BPF maps run out: no disk is full then.
 * Source: inotify_add_watch(2), semget(2), Apache's AH00023.
 */
const NOT_A_DISK = /inotify|\bwatch(?:es)?\b|semget|semaphore|mutex|cgroup|\bbpf\b|directory watch/i;
const PATH = /(?:^|[\s'"(=`<])(\/[A-Za-z0-9_.@%+\-/]{1,200})/;

/** `undefined` when the message complains of something else. Whether space or inodes are gone, the message doesn't say. Never throws. */
export function readDiskFull(program: string, message: string): DiskFullEvent | undefined {
  if (!FULL.test(message) || NOT_A_DISK.test(message)) return undefined;
  const path = PATH.exec(message)?.[1];
  return { kind: 'disk-full', program, ...(path === undefined ? {} : { path }) };
}

// Reads the kernel's messages: OOM reports, crashed processes, failing disks, exhausted tables, and the boot.
import type { EventPayload, KernelEvent } from '../../model/event.ts';
import { oomReader } from './oom-report.ts';

/** A fact, and which line told it: `origin` is what the caller gave with that line. */
export interface KernelFact<Origin> {
  readonly payload: EventPayload;
  readonly origin: Origin;
}

interface KernelReader<Origin> {
  /** One message without the envelope of syslog or dmesg; most give nothing. Never throws. */
  line(message: string, origin: Origin): readonly KernelFact<Origin>[];
  /** The log ends, or another boot begins: what is still held back. */
  end(): readonly KernelFact<Origin>[];
}

/** `[12345.678901] ` as rsyslog's imklog keeps it, and `[T1234]` or `[C0]` of CONFIG_PRINTK_CALLER. */
const INNER_STAMP = /^(?:\[ {0,8}\d{1,10}\.\d{6}\] ?)?(?:\[ {0,8}[TC]\d{1,10}\] ?)?/;

const CRASH = /^(?:traps: )?(.{1,32}?)\[(\d{1,10})\]:? (?:segfault at |general protection |trap |bad frame in )/;
const SYN_FLOOD = /possible SYN flooding on port (?:\S{0,64}:)?(\d{1,5})\b/i;
const CONNTRACK = /\b(?:nf|ip)_conntrack: table full, dropping packet/;
const HUNG = /^INFO: task (.{1,40}):(\d{1,10}) blocked for more than \d+ seconds/;
const READ_ONLY = /Remounting filesystem read-only|forced readonly/i;
const FILE_SYSTEM =
  /^EXT[234]-fs error \(|^XFS \(\S+\): (?:Corruption|Metadata corruption|metadata I\/O error|log I\/O error|Filesystem has been shut down|Internal error)|^BTRFS (?:error|critical) |^(?:JBD2: .{0,60})?Aborting journal on device/i;
/** A floppy or an empty CD drive that virtual machines are given fails without harm. */
const IO_ERROR =
  /(?:^|: )(?:Buffer )?I\/O error,? (?:on )?dev(?:ice)? (?!fd\d|sr\d)|critical (?:medium|target|space allocation) error, dev (?!fd\d|sr\d)/;

/** The message without the stamps that the kernel itself may have put in front. */
export function bareKernelMessage(message: string): string {
  return message.replace(INNER_STAMP, '');
}

/**
 * Source of the wording: arch/x86/mm/fault.c and kernel/traps.c, net/ipv4/tcp_input.c, net/netfilter/nf_conntrack_core.c, kernel/hung_task.c,
 * kernel/cgroup/pids.c, block/blk-core.c, fs/ext4/super.c, fs/xfs, init/main.c.
 */
export function kernelReader<Origin>(): KernelReader<Origin> {
  let facts: KernelFact<Origin>[] = [];
  const oom = oomReader<Origin>((kill) => facts.push(kill));
  const take = (): readonly KernelFact<Origin>[] => {
    const taken = facts;
    facts = [];
    return taken;
  };
  return {
    line(message, origin) {
      const text = bareKernelMessage(message);
      if (text.startsWith('Linux version ')) oom.end();
      if (!oom.line(text, origin)) {
        const payload = readKernelLine(text);
        if (payload) facts.push({ payload, origin });
      }
      return take();
    },
    end() {
      oom.end();
      return take();
    },
  };
}

/** A message that stands for itself; `undefined` when it means nothing to us. */
function readKernelLine(text: string): KernelEvent | undefined {
  const crash = CRASH.exec(text);
  if (crash) return { kind: 'kernel', what: 'segfault', process: crash[1] ?? '', pid: Number(crash[2]) };
  const flood = SYN_FLOOD.exec(text);
  if (flood) return { kind: 'kernel', what: 'syn-flood', port: Number(flood[1]) };
  const hung = HUNG.exec(text);
  if (hung) return { kind: 'kernel', what: 'hung-task', process: hung[1] ?? '', pid: Number(hung[2]) };
  if (CONNTRACK.test(text)) return { kind: 'kernel', what: 'conntrack-full' };
  if (READ_ONLY.test(text)) return { kind: 'kernel', what: 'read-only' };
  if (FILE_SYSTEM.test(text)) return { kind: 'kernel', what: 'filesystem-error' };
  if (IO_ERROR.test(text)) return { kind: 'kernel', what: 'io-error' };
  if (text.startsWith('cgroup: fork rejected by pids controller in ')) return { kind: 'kernel', what: 'fork-rejected' };
  return text.startsWith('Linux version ') ? { kind: 'kernel', what: 'boot' } : undefined;
}

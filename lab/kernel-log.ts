// The kernel's messages about one lab. The ring is the whole machine's: other labs and the machine itself write there too.
import { constants, openSync, readSync } from 'node:fs';

export interface KernelMessage {
  /** Microseconds since the kernel started. */
  readonly us: number;
  readonly text: string;
}

/** One record of /dev/kmsg: "6,1234,12221050992,-;text" (Documentation/ABI/testing/dev-kmsg). */
export function parseRecord(record: string): KernelMessage | undefined {
  const match = /^\d+,\d+,(\d+),[^;]*;([^\n]*)/.exec(record);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { us: Number(match[1]), text: match[2] };
}

/**
 * Lets through the reports of the OOM killer that are about this control group, whole: which group a report is about stands near
 * its end. The kernel writes one report at a time.
 */
export function reportsAbout(group: string): (message: KernelMessage) => readonly KernelMessage[] {
  let report: KernelMessage[] | undefined;
  return (message) => {
    if (/ invoked oom-killer: /.test(message.text)) report = [];
    if (report === undefined) return [];
    report.push(message);
    // Longer than any report: it was no end that we know.
    if (report.length > 2_000) report = undefined;
    if (report === undefined || !/Killed process \d+/.test(message.text)) return [];
    const whole = report;
    report = undefined;
    return whole.some(({ text }) => text.startsWith('oom-kill:') && isAbout(text, group)) ? whole : [];
  };
}

/** A group of its own, or one within. */
function isAbout(text: string, group: string): boolean {
  const memcg = /\btask_memcg=([^,]*)/.exec(text)?.[1] ?? '';
  return memcg.split('/').includes(group);
}

/** As rsyslog writes it on Debian 12: with the date and the kernel's own time. */
export function syslogLine({ us, text }: KernelMessage, host: string, bootedAt: number): string {
  const at = new Date(bootedAt + us / 1000).toISOString().replace('Z', `${String(us % 1000).padStart(3, '0')}+00:00`);
  return `${at} ${host} kernel: [${(us / 1e6).toFixed(6).padStart(12)}] ${text}\n`;
}

/** Reads what is new in the ring at each call; what was there before the first call is left out. */
export function followRing(): () => readonly KernelMessage[] {
  const ring = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  const buffer = Buffer.alloc(8192);
  const read = (): KernelMessage[] => {
    const messages: KernelMessage[] = [];
    for (;;) {
      try {
        const length = readSync(ring, buffer);
        if (length === 0) return messages;
        const message = parseRecord(buffer.toString('utf8', 0, length));
        if (message) messages.push(message);
      } catch (error) {
        // EPIPE: messages were overwritten before they were read; the next call goes on behind them.
        if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return messages;
      }
    }
  };
  read();
  return read;
}

// Reads what dmesg prints: the kernel's ring, with raw, local, ISO or human-readable times, coloured or not.
import { type FactSink, type LineReader, shareOfLines, type TextFormat } from '../../model/reader.ts';
import type { Stamp } from '../../model/time.ts';
import { dispatcher } from './dispatch.ts';
import { readEnvelope } from './envelope.ts';
import { monthOf, readCtimeStamp, readIsoStamp } from './stamps.ts';

/** `-x`: `kern  :info  : `; `--raw`: `<6>`. */
const PREFIX = /^(?:<\d{1,3}>|[a-z0-9]{3,8} {0,6}:[a-z]{3,6} {0,4}: )/;
const COLOUR = /\u001b\[[0-9;]{0,16}m/g;
/** `[12345.678901] `, with `-d` also `[12345.678901 <    0.000012>] `. */
const RAW = /^\[ {0,12}(\d{1,10}\.\d{6})(?: <[ \d.]{1,20}>)?\] ?/;
/** `-H`: `[Nov22 11:52] ` begins a minute, `[  +2.005270] ` counts from the line before. */
const HUMAN = /^\[([^\s\d[\]]{3,6}?) {0,2}(\d{1,2}) (\d\d):(\d\d)\] ?/;
const DELTA = /^\[ {0,12}\+(\d{1,10}\.\d{6})\] ?/;
/** Also written by Apache 2.2 with the same time stamp: the level in brackets tells them apart. */
const APACHE = /^\[.{20,30}\] \[[a-z_]{0,20}:?(?:emerg|alert|crit|error|warn|notice|info|debug|trace\d)\] /;
/** `dmesg -t` has no times; these words are the kernel's alone. */
const KERNEL_ALONE =
  /invoked oom-killer: gfp_mask=|^(?:Memory cgroup out|Out) of memory: Kill|^Killed process \d+ \(.{1,32}\) total-vm:|^oom-kill:constraint=|^Linux version \d|: segfault at [0-9a-f]+ ip /;

interface DmesgLine {
  readonly stamp: Stamp | undefined;
  readonly message: string;
}

/** Reads one line; the reader carries the time of the line before, which `-H` counts from. */
function dmesgLines(): (line: string) => DmesgLine | undefined {
  let human: number | undefined;
  return (line) => {
    const text = line.replace(COLOUR, '').replace(PREFIX, '');
    if (!text.startsWith('[')) {
      const iso = readIsoStamp(text);
      return iso?.separator === ',' ? { stamp: iso.stamp, message: text.slice(iso.rest) } : undefined;
    }
    const raw = RAW.exec(text);
    if (raw)
      return { stamp: { ms: Math.floor(Number(raw[1]) * 1000), clock: 'boot' }, message: text.slice(raw[0].length) };
    const ctime = readCtimeStamp(text);
    if (ctime) return { stamp: ctime.stamp, message: text.slice(ctime.rest) };
    const delta = DELTA.exec(text);
    if (delta) {
      if (human !== undefined) human += Number(delta[1]) * 1000;
      return { stamp: yearless(human), message: text.slice(delta[0].length) };
    }
    const minute = HUMAN.exec(text);
    const month = monthOf(minute?.[1]);
    if (!minute || month === undefined) return undefined;
    human = Date.UTC(2000, month, Number(minute[2]), Number(minute[3]), Number(minute[4]));
    return { stamp: yearless(human), message: text.slice(minute[0].length) };
  };
}

function yearless(ms: number | undefined): Stamp | undefined {
  return ms === undefined ? undefined : { ms: Math.floor(ms), clock: 'yearless' };
}

function recognise(head: readonly string[]): number {
  const read = dmesgLines();
  // `journalctl -o short-monotonic` has the same brackets, then host and program.
  const journal = shareOfLines(head, (line) => line.startsWith('[') && readEnvelope(line) !== undefined);
  if (journal > 0.8) return 0;
  const share = shareOfLines(head, (line) => !APACHE.test(line) && read(line) !== undefined);
  if (share > 0) return 0.9 * share;
  return head.some((line) => KERNEL_ALONE.test(line)) ? 0.3 : 0;
}

function open(sink: FactSink, head: readonly string[]): LineReader {
  const dispatch = dispatcher(sink);
  const read = dmesgLines();
  const probe = dmesgLines();
  const timeless = !head.some((line) => probe(line) !== undefined);
  return {
    line(text, line) {
      if (text.trim() === '') return;
      const found =
        read(text) ??
        (timeless ? { stamp: undefined, message: text.replace(COLOUR, '').replace(PREFIX, '') } : undefined);
      if (!found) {
        sink.unreadable(line, text);
        return;
      }
      dispatch.message({ ...found, program: 'kernel', line, text });
    },
    end() {
      dispatch.end();
    },
  };
}

/**
 * util-linux, sys-utils/dmesg.c: default (`boot`), `-T` and `--time-format ctime` (`local`), `--time-format iso` (`absolute`), `-H` and
 * `reltime` (`yearless`), `-d` (`boot`), `-t` (no time), each with `-x` or `--raw` prefixes and with or without colours.
 * The local and ISO times of dmesg drift when the host was suspended.
 */
export const dmesg: TextFormat = { id: 'dmesg', title: 'kernel log (dmesg)', recognise, open };

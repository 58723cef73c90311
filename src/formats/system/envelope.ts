// Splits a line of syslog or of `journalctl -o short*` into its time, its program and its message.
import type { Stamp } from '../../model/time.ts';
import { readFullStamp, readIsoStamp, readSyslogStamp, readUnixStamp } from './stamps.ts';

export interface Envelope {
  readonly stamp: Stamp | undefined;
  /** Empty when the line has no tag ("last message repeated 3 times"). */
  readonly program: string;
  readonly pid?: number;
  readonly message: string;
}

const PRIORITY = /^<\d{1,3}>/;
/** `prog[pid]: `, `prog: `; a journal identifier may hold a blank; the tag of wp-fail2ban is `wordpress(www.example.com)[1234]`. */
const TAG = /^([^\s:[\]]{1,128}(?: [^\s:[\]]{1,64})?)(?:\[(\d{1,10})\])?: ?/;
/** `journalctl -o short-monotonic`; also with the boot in front (systemd 254 and later print none). */
const MONOTONIC = /^\[ {0,12}(\d{1,10}\.\d{6})\] (?=\S+ (?:kernel|[^\s:[\]]+\[\d{1,10}\]): )/;
/** RFC 5424 after the version: host, application, process, message id; the structured data follow. */
const RFC5424 = /^(\S{1,255}) (\S{1,128}) (\S{1,128}) (\S{1,64}) (?=[-[])/;

/**
 * Reads RFC 3164 (`Nov 25 08:41:04 host prog[pid]: msg`), RFC 5424, rsyslog with RFC 3339 stamps, and journalctl's `short`,
 * `short-precise`, `short-iso`, `short-iso-precise`, `short-full`, `short-unix` and `short-monotonic`, with or without `<PRI>` and host name.
 * `undefined` when the line is none of them. Never throws.
 */
export function readEnvelope(line: string): Envelope | undefined {
  const text = line.startsWith('<') ? line.replace(PRIORITY, '') : line;
  const first = text.charCodeAt(0);
  if (first === 0x5b) return readMonotonic(text);
  if (first === 0x31 && text.startsWith('1 ')) return readRfc5424(text.slice(2));
  const digit = first >= 0x30 && first <= 0x39;
  // A comma before the fraction is dmesg's way: there is no host and no tag after it.
  const iso = digit ? readIsoStamp(text) : undefined;
  if (iso?.separator === ',') return undefined;
  const stamped = digit ? (iso ?? readUnixStamp(text)) : (readSyslogStamp(text) ?? readFullStamp(text));
  return stamped ? readTag(stamped.stamp, text.slice(stamped.rest)) : undefined;
}

function readMonotonic(text: string): Envelope | undefined {
  const found = MONOTONIC.exec(text);
  if (!found) return undefined;
  return readTag({ ms: Math.floor(Number(found[1]) * 1000), clock: 'boot' }, text.slice(found[0].length));
}

/** `host prog[pid]: msg`, or without the host (`--no-hostname`). */
function readTag(stamp: Stamp, rest: string): Envelope | undefined {
  const blank = rest.indexOf(' ');
  const host = blank < 0 ? rest : rest.slice(0, blank);
  if (host === '') return undefined;
  const body = host.endsWith(':') ? rest : blank < 0 ? '' : rest.slice(blank + 1);
  const tag = TAG.exec(body);
  if (!tag) return { stamp, program: '', message: body };
  return withPid(stamp, tag[1] ?? '', tag[2], body.slice(tag[0].length));
}

function withPid(stamp: Stamp | undefined, program: string, pid: string | undefined, message: string): Envelope {
  return pid === undefined ? { stamp, program, message } : { stamp, program, pid: Number(pid), message };
}

function readRfc5424(text: string): Envelope | undefined {
  const nil = text.startsWith('- ');
  const stamped = nil ? undefined : readIsoStamp(text);
  if (!nil && !stamped) return undefined;
  const afterTime = text.slice(stamped ? stamped.rest : 2);
  const header = RFC5424.exec(afterTime);
  if (!header) return undefined;
  const dataEnd = endOfStructuredData(afterTime, header[0].length);
  if (dataEnd === undefined) return undefined;
  const message = afterTime
    .slice(dataEnd)
    .replace(/^ /, '')
    .replace(/^\uFEFF/, '');
  const program = header[2] === '-' ? '' : (header[2] ?? '');
  const pid = /^\d{1,10}$/.test(header[3] ?? '') ? header[3] : undefined;
  return withPid(stamped?.stamp, program, pid, message);
}

/** Index after the structured data (RFC 5424, 6.3): `-`, or elements `[id name="value"]` in which `\"`, `\\` and `\]` are escaped. */
function endOfStructuredData(text: string, start: number): number | undefined {
  if (text[start] === '-') return start + 1;
  let quoted = false;
  let open = false;
  for (let i = start; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') i++;
      else if (c === '"') quoted = false;
    } else if (c === '"' && open) quoted = true;
    else if (c === '[' && !open) open = true;
    else if (c === ']' && open) {
      open = false;
      if (text[i + 1] !== '[') return i + 1;
    }
  }
  return undefined;
}

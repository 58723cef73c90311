// Reads one message of Apache's error log (2.2 and 2.4): takes the brackets off, then asks the code or the words.
import { canonicalAddress } from '../../model/address.ts';
import type { EventPayload, WebEvent } from '../../model/event.ts';
import { byCode, byErrno, moduleRules, wordRules } from './apache-rules.ts';
import { readPhpMessage } from './php.ts';
import { applyRules, clip, known } from './rules.ts';
import { takeApacheStamp } from './stamps.ts';

const APACHE_MAX = 65_536;

interface ApacheLine {
  /** `cgid`, `core`; empty in Apache 2.2 and for `[:error]`. */
  readonly module: string;
  readonly client: string | undefined;
  /** The `(104)Connection reset by peer` of the system, as a number; APR's own begin at 20000 (apr_errno.h), 70007 is the time-out. */
  readonly errno: number | undefined;
  /** `AH01215`: five digits without the letters. */
  readonly code: string | undefined;
  readonly message: string;
}

const LEVEL = /^\[(?:([\w.-]{0,40}):)?(?:emerg|alert|crit|error|warn|notice|info|debug|trace\d)\] ?/;
const PID = /^\[(?:pid|tid) \d{1,20}(?::tid \d{1,20})?\] ?/;
const CLIENT = /^\[(client|remote) ([^\]\s]{1,64})\] ?/;
const ERRNO = /^\((\d{1,6})\)[^:\n]{1,120}: /;
const CODE = /^AH(\d{5}): /;

/** Takes off what ErrorLogFormat puts in front (server/log.c, do_errorlog_default), in whatever order it stands. */
function unwrapApacheLine(behindStamp: string): ApacheLine {
  let rest = clip(behindStamp, APACHE_MAX);
  let module = '';
  let withPort = false;
  let client: string | undefined;
  let errno: number | undefined;
  let code: string | undefined;
  for (let i = 0; i < 8 && code === undefined; i++) {
    let match = LEVEL.exec(rest);
    if (match) module = match[1] ?? '';
    match ??= PID.exec(rest);
    // Only 2.4 writes a process or a module, and only 2.4 writes the client's port.
    if (match?.[0].startsWith('[pid') || match?.[1] !== undefined) withPort = true;
    if (!match) {
      match = CLIENT.exec(rest);
      if (match) client ??= addressOf(match[2] ?? '', withPort);
    }
    if (!match) {
      match = ERRNO.exec(rest);
      if (match) errno = Number(match[1]);
    }
    if (!match) {
      match = CODE.exec(rest);
      if (match) code = match[1];
    }
    if (!match) break;
    rest = rest.slice(match[0].length);
  }
  return { module, client, errno, code, message: withoutReferer(rest) };
}

/** `203.0.113.66:51626`, `2001:db8::1:443` and `[2001:db8::1]:443`: 2.4 writes the port also behind a bare IPv6 address, 2.2 never does. */
function addressOf(text: string, withPort: boolean): string | undefined {
  const colon = text.lastIndexOf(':');
  const bare = colon < 0 ? text : text.slice(0, colon);
  if (withPort || !bare.includes(':')) return canonicalAddress(bare) ?? canonicalAddress(text);
  return canonicalAddress(text) ?? canonicalAddress(bare);
}

function withoutReferer(text: string): string {
  const at = text.lastIndexOf(', referer: ');
  return (at < 0 ? text : text.slice(0, at)).trimEnd();
}

/**
 * What Apache says: by the number of its message where there is one (2.4), else by its words; PHP's words in it (mod_php, proxy_fcgi, CGI's
 * stderr) become a PHP event. `undefined` when the line means nothing to us. Never throws.
 */
export function readApacheMessage(message: string): EventPayload | undefined {
  const line = unwrapApacheLine(takeApacheStamp(clip(message, APACHE_MAX)).rest);
  const text = line.message;
  if (/^php\d*$/.test(line.module) || /^(?:PHP |WordPress database error )/.test(text)) {
    const php = readPhpMessage(text);
    if (php) return php;
  }
  const relayed = relayedPhp(line);
  if (relayed !== undefined) return readPhpMessage(relayed);
  const event = eventOf(line);
  return event && line.client !== undefined ? { ...event, client: line.client } : event;
}

function eventOf(line: ApacheLine): WebEvent | undefined {
  const found = line.code === undefined ? undefined : byCode(line.code, line.errno, line.message);
  if (found) return found;
  const ruled = applyRules(moduleRules(line.module), line.message) ?? applyRules(wordRules, line.message);
  if (ruled?.kind === 'web') return { ...ruled, ...known({ detail: ruled.detail }) };
  return byErrno(line.errno, line.message);
}

/** What PHP wrote to the stderr of a CGI program, of mod_fcgid, or sent through proxy_fcgi. */
function relayedPhp(line: ApacheLine): string | undefined {
  const text = line.message;
  if (line.code === '01071') {
    if (!text.startsWith("Got error 'PHP message: ")) return undefined;
    const end = text.lastIndexOf("'");
    return text.slice("Got error '".length, end > "Got error '".length ? end : undefined);
  }
  const stderr = /^(?:mod_fcgid: stderr: |stderr from [^\n:]{1,300}: )/.exec(text);
  if (!stderr && line.code !== '01215') return undefined;
  const said = stderr ? text.slice(stderr[0].length) : text;
  return /^(?:PHP |WordPress database error )/.test(said) ? said : undefined;
}

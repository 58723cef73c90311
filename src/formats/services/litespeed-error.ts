// The error log and stderr.log of LiteSpeed and OpenLiteSpeed.
import { canonicalAddress } from '../../model/address.ts';
import type { EventPayload, WebEvent } from '../../model/event.ts';
import { shareOfLines, type TextFormat } from '../../model/reader.ts';
import { readPhpMessage } from '../messages/php.ts';
import { clip, known, MESSAGE_MAX } from '../messages/rules.ts';
import { takeDatabaseStamp } from '../messages/stamps.ts';

/**
 * `2026-11-22 10:07:20.123456 [NOTICE] [812] [T0] [203.0.113.66:40122-3#APVH_example.com:443] message`: level, process, since 1.7
 * thread, then the session if it is about one (log4cxx/layout.cpp and httpsession.cpp in OpenLiteSpeed's source).
 */
const HEADER = /^\[(?:DEBUG|INFO|NOTICE|WARN|ERROR|CRIT|ALERT|EMERG|STDERR)\] (?:\[\d{1,10}\] )?(?:\[T\d{1,4}\] )?/;
/** Also written to stderr.log by lsphp itself: `[UID:1000][18696] `, `[89] `. */
const PROCESS = /^(?:\[UID:\d{1,10}\] ?)?(?:\[\d{1,10}\] ?)?/;
const SESSION = /^\[([0-9A-Fa-f.:]{2,45}):\d{1,5}[^\]]{0,300}\] ?/;
const STDERR = /^\[STDERR\] ?/;
const LIMIT = /^Reached max children process limit: \d{1,9}/;
/** `connection to [uds://...] on request #4, confirmed, 0, associated process: 603661, running: 1, error: Connection reset by peer!` */
const BACKEND =
  /^connection to \[([^\]]{1,200})\] on request #\d{1,9}, .{0,200}error: (Connection refused|Connection reset by peer|Connection timed out|No such file or directory)/;

export const litespeedErrorFormat: TextFormat = {
  id: 'litespeed-error',
  title: 'LiteSpeed error log',
  // A fraction and a level in capitals right behind the stamp: no database writes both.
  recognise: (head) =>
    shareOfLines(
      head.filter(isNoTrace),
      (line) => /^\S{10} \S{8}\.\d{3,6} \[/.test(line) && HEADER.test(takeDatabaseStamp(line).rest),
    ),
  open: (sink) => ({
    line(text, line) {
      const { stamp, rest } = takeDatabaseStamp(text);
      const event = stamp === undefined ? undefined : readLitespeedMessage(rest);
      if (event) sink.event(stamp, event, line, text);
      else sink.seen(stamp);
    },
    end() {},
  }),
};

/** A trace of PHP goes on over lines without a stamp. */
function isNoTrace(line: string): boolean {
  return !/^(?:Stack trace:|#\d{1,4} | {2}thrown in )/.test(line);
}

/** What stands behind the stamp; `undefined` when it means nothing to us. Never throws. */
function readLitespeedMessage(text: string): EventPayload | undefined {
  let rest = clip(text, MESSAGE_MAX).replace(HEADER, '').replace(PROCESS, '');
  const session = SESSION.exec(rest);
  if (session) rest = rest.slice(session[0].length);
  const stderr = STDERR.exec(rest) ?? (text.startsWith('[STDERR]') ? [''] : undefined);
  if (stderr) rest = rest.slice(stderr[0].length);
  const limit = LIMIT.exec(rest);
  if (limit) return web('worker-limit-reached', { detail: 'LSAPI_CHILDREN' });
  // Behind this mark stands what the site's own code wrote: PHP's words, and nothing of the server's.
  if (stderr) return readPhpMessage(rest);
  const client = session?.[1] === undefined ? undefined : canonicalAddress(session[1]);
  const backend = BACKEND.exec(rest);
  if (backend) return web(backendTrouble(backend[2] ?? ''), { client, detail: backend[1] });
  if (rest.startsWith('File not found [')) return web('not-found', { client });
  if (rest.startsWith('[MODSEC] ') || rest.startsWith('[Module:mod_security]')) return web('modsecurity', { client });
  return undefined;
}

function backendTrouble(error: string): WebEvent['what'] {
  if (error === 'Connection timed out') return 'upstream-timeout';
  return error === 'Connection reset by peer' ? 'upstream-closed' : 'upstream-refused';
}

function web(
  what: WebEvent['what'],
  fields: { client?: string | undefined; detail?: string | undefined } = {},
): WebEvent {
  return { kind: 'web', server: 'other', what, ...known(fields) };
}

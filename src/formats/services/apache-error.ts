// Apache's error log, 2.2 and 2.4.
import type { FactSink, LineReader, TextFormat } from '../../model/reader.ts';
import { readApacheMessage } from '../messages/apache.ts';
import { takeApacheStamp } from '../messages/stamps.ts';
import { recogniseStarts } from './multi-line.ts';

const BRACKET = /^\[(?:[\w.-]{0,40}:)?(?:emerg|alert|crit|error|warn|notice|info|debug|trace\d)\]|^\[pid \d/;
/** Without a stamp Apache writes what a CGI program says, which may be anything; these begin as only PHP's and Apache's own do. */
const OWN_LINE =
  /^(?:PHP (?:Fatal error|Parse error|Warning): |(?:\(\d{1,6}\)[^:]{1,80}: )?AH\d{5}: |no listening sockets available)/;

export const apacheErrorFormat: TextFormat = {
  id: 'apache-error',
  title: 'Apache error log',
  recognise: (head) =>
    recogniseStarts(
      head,
      (line) => {
        const { stamp, rest } = takeApacheStamp(line);
        return stamp !== undefined && (BRACKET.test(rest) || rest.startsWith('mod_'));
      },
      // Without a level these lines could as well be `dmesg -T`, which has the same stamps.
      (line) => OWN_LINE.test(line) || /^[A-Z(]/.test(stampedRest(line)),
    ),
  open: (sink) => openApacheError(sink),
};

function stampedRest(line: string): string {
  const { stamp, rest } = takeApacheStamp(line);
  return stamp === undefined ? '' : rest;
}

function openApacheError(sink: FactSink): LineReader {
  return {
    line(text, line) {
      const { stamp } = takeApacheStamp(text);
      const event = stamp !== undefined || OWN_LINE.test(text) ? readApacheMessage(text) : undefined;
      if (event) sink.event(stamp, event, line, text);
      else sink.seen(stamp);
    },
    end() {},
  };
}

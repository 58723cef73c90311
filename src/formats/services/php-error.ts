// PHP's error log and WordPress's debug.log: a stamp with a zone, a message, and often a stack trace over several lines.
import type { FactSink, LineReader, TextFormat } from '../../model/reader.ts';
import { readPhpMessage } from '../messages/php.ts';
import { takePhpStamp } from '../messages/stamps.ts';
import { beginReport, continueReport, type Report, recogniseStarts } from './multi-line.ts';

const PHP_WORDS =
  /^(?:PHP (?:\w{1,20} ){1,2}?(?:error|Warning|Notice|Standards)|PHP (?:Warning|Notice|Deprecated|Stack trace|\s*\d)|WordPress database error)/;
const CONTINUATION = /^(?:Stack trace:|#\d{1,4} |\s|PHP (?:Stack trace:| {1,4}\d)|\}|\)|Array|'|\[)/;

export const phpErrorFormat: TextFormat = {
  id: 'php-error',
  title: 'PHP error log',
  recognise: (head) =>
    recogniseStarts(
      head,
      (line) => {
        const { stamp, zoned, rest } = takePhpStamp(line);
        return stamp !== undefined && (zoned || PHP_WORDS.test(rest));
      },
      (line) => CONTINUATION.test(line),
    ),
  open: (sink) => openPhpError(sink),
};

/** A stamped line of Xdebug's trace belongs to the message before it: PHP stamps each of them. */
const TRACE = /^PHP (?:Stack trace:| {1,4}\d{1,4}\. )/;

function openPhpError(sink: FactSink): LineReader {
  let held: Report | undefined;

  function flush(): void {
    if (!held) return;
    const event = readPhpMessage(held.text);
    if (event) sink.event(held.stamp, event, held.line, held.first);
    else sink.seen(held.stamp);
    held = undefined;
  }

  return {
    line(text, line) {
      const { stamp, rest } = takePhpStamp(text);
      if (stamp === undefined || (held && TRACE.test(rest))) {
        if (held) continueReport(held, stamp === undefined ? text : rest);
        else sink.seen(stamp);
        return;
      }
      flush();
      held = beginReport(stamp, text, line);
    },
    end: flush,
  };
}

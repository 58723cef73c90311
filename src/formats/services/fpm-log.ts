// PHP-FPM's own log.
import type { FactSink, LineReader, TextFormat } from '../../model/reader.ts';
import { readFpmMessage } from '../messages/fpm.ts';
import { takePhpStamp } from '../messages/stamps.ts';
import { recogniseStarts } from './multi-line.ts';

const LEVEL = /^(?:DEBUG|NOTICE|WARNING|ERROR|ALERT): /;

export const fpmLogFormat: TextFormat = {
  id: 'fpm-log',
  title: 'PHP-FPM log',
  recognise: (head) =>
    recogniseStarts(
      head,
      (line) => {
        const { stamp, zoned, rest } = takePhpStamp(line);
        return stamp !== undefined && !zoned && LEVEL.test(rest);
      },
      () => false,
    ),
  open: (sink) => openFpmLog(sink),
};

function openFpmLog(sink: FactSink): LineReader {
  return {
    line(text, line) {
      const { stamp } = takePhpStamp(text);
      const event = stamp === undefined ? undefined : readFpmMessage(text);
      if (event) sink.event(stamp, event, line, text);
      else sink.seen(stamp);
    },
    end() {},
  };
}

// nginx's error log; PHP's messages in it may run over several lines.
import type { FactSink, LineReader, TextFormat } from '../../model/reader.ts';
import { readNginxMessage } from '../messages/nginx.ts';
import { takeNginxStamp } from '../messages/stamps.ts';
import { beginReport, continueReport, type Report, recogniseStarts } from './multi-line.ts';

const LEVEL = /^\[(?:debug|info|notice|warn|error|crit|alert|emerg)\] /;
const BEFORE_LOG = /^nginx: \[(?:warn|alert|emerg)\] /;
const STDERR = 'FastCGI sent in stderr: "';
/** nginx's own words behind what the backend sent. */
const CLOSED = '" while ';

export const nginxErrorFormat: TextFormat = {
  id: 'nginx-error',
  title: 'nginx error log',
  recognise: (head) =>
    recogniseStarts(
      head,
      (line) => BEFORE_LOG.test(line) || LEVEL.test(takeNginxStamp(line).rest),
      (line) => /^(?:Stack trace:|#\d{1,4} |PHP message: |\s{2}thrown in )/.test(line),
    ),
  open: (sink) => openNginxError(sink),
};

function openNginxError(sink: FactSink): LineReader {
  let held: Report | undefined;

  function flush(): void {
    if (!held) return;
    const event = readNginxMessage(held.text);
    if (event) sink.event(held.stamp, event, held.line, held.first);
    else sink.seen(held.stamp);
    held = undefined;
  }

  return {
    line(text, line) {
      const { stamp } = takeNginxStamp(text);
      if (stamp === undefined && !BEFORE_LOG.test(text)) {
        if (!held) sink.seen(undefined);
        else {
          continueReport(held, text);
          if (text.includes(CLOSED)) flush();
        }
        return;
      }
      flush();
      held = beginReport(stamp, text, line);
      // Only what a backend sent can hold a newline; everything else is told at once.
      if (!text.includes(STDERR) || text.includes(CLOSED)) flush();
    },
    end: flush,
  };
}

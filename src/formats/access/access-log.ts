// Access logs of web servers as a text format: recognised by their lines, read into one entry a request.

import type { AccessFormat } from '../../model/access-entry.ts';
import type { FactSink, LineReader, TextFormat } from '../../model/reader.ts';
import { shareOfLines } from '../../model/reader.ts';
import { detectAccessFormat } from './detect.ts';

/** Recognises what `detectAccessFormat` knows; a format that was told by the user is read with `accessReader`. */
export const accessLog: TextFormat = {
  id: 'access-log',
  title: 'web server access log',
  recognise: (head) => {
    const format = detectAccessFormat(head);
    return format ? shareOfLines(head, (line) => format.parse(line) !== undefined) : 0;
  },
  access: detectAccessFormat,
  open: (sink, head) => accessReader(sink, detectAccessFormat(head)),
};

/** Reads lines of a known format; without one, no line is readable. Empty lines are passed over. */
export function accessReader(sink: FactSink, format: AccessFormat | undefined): LineReader {
  return {
    line: (text, line) => {
      const entry = format?.parse(text);
      if (format && entry) sink.access(format, entry, line, text);
      else if (text.trim() !== '') sink.unreadable(line, text);
    },
    end: () => {},
  };
}

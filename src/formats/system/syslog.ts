// The text of syslog files and of `journalctl -o short*`: one line a message, the same envelope in many spellings.
import { type FactSink, type LineReader, shareOfLines, type TextFormat } from '../../model/reader.ts';
import { type Dispatcher, dispatcher } from './dispatch.ts';
import { type Envelope, readEnvelope } from './envelope.ts';

/** journalctl puts the further lines of a message under its first one, below where the text began: never less than this. */
const CONTINUED = /^ {12,200}(?=\S)/;
/** What journalctl prints between messages; with `-x` also explanations, which begin with `-- ` or, later, with a shade. */
const NOTE = /^(?:-- |--$|░░)/;
const BOOT = /^-- (?:Reboot|Boot [0-9a-f]{32}) --$/;

function fits(line: string): boolean {
  if (CONTINUED.test(line) || NOTE.test(line)) return true;
  return (readEnvelope(line)?.program ?? '') !== '';
}

/**
 * RFC 3164, RFC 5424, rsyslog's file format, and journalctl's `short` family (see `readEnvelope`). Times: yearless without a year,
 * local with a zone's abbreviation (`short-full`), boot with `short-monotonic`, else absolute.
 */
export const syslog: TextFormat = {
  id: 'syslog',
  title: 'system log (syslog or journalctl)',
  recognise: (head) => {
    // Separators and continuations alone are no log.
    const entries = head.some((line) => !NOTE.test(line) && !CONTINUED.test(line) && fits(line));
    if (entries) return 0.9 * shareOfLines(head, fits);
    return head.some((line) => line === '-- No entries --' || /^-- (?:Journal|Logs) begins? at /.test(line)) ? 0.9 : 0;
  },
  open: (sink) => syslogReader(sink, dispatcher(sink)),
};

function syslogReader(sink: FactSink, dispatch: Dispatcher): LineReader {
  let last: Envelope | undefined;
  return {
    line(text, line) {
      if (text.trim() === '') return;
      const envelope = readEnvelope(text);
      if (envelope) {
        last = envelope;
        dispatch.message({ ...envelope, line, text });
        return;
      }
      const indent = CONTINUED.exec(text)?.[0];
      if (last && indent) dispatch.message({ ...last, message: text.slice(indent.length), line, text });
      else if (BOOT.test(text)) dispatch.boot(line, text);
      else if (NOTE.test(text)) sink.seen(undefined);
      else sink.unreadable(line, text);
    },
    end() {
      dispatch.end();
    },
  };
}

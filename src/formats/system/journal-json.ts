// Reads `journalctl -o json` (and json-seq, json-sse): one object a line.
import { type FactSink, shareOfLines, type TextFormat } from '../../model/reader.ts';
import { dispatcher } from './dispatch.ts';
import { entryTeller, WANTED_FIELDS } from './journal-entry.ts';

/** json-seq begins a record with RS (RFC 7464), json-sse with the name of the field. */
const FRAME = /^(?:\u001e|data: )/;

/** By words, not by parsing: the head of a file may hold a line that was cut. */
function looksLikeEntry(line: string): boolean {
  const text = line.replace(FRAME, '');
  return text.startsWith('{') && /"__(?:REALTIME_TIMESTAMP|CURSOR|MONOTONIC_TIMESTAMP)" ?:/.test(text);
}

/** systemd "Journal JSON Format": a value is a string, `null` when it was too long, an array of byte values when it is no UTF-8, or an array of these when the field repeats. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const items: readonly unknown[] = value;
  if (!items.every((item) => typeof item === 'number')) return textOf(items[0]);
  return Buffer.from(items).toString('utf8');
}

function fieldsOf(line: string): ReadonlyMap<string, string> | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(line.replace(FRAME, ''));
  } catch {
    return undefined;
  }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return undefined;
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(entry)) {
    const text = WANTED_FIELDS.has(name) ? textOf(value) : undefined;
    if (text !== undefined) fields.set(name, text);
  }
  return fields;
}

function open(sink: FactSink): ReturnType<TextFormat['open']> {
  const dispatch = dispatcher(sink);
  const entries = entryTeller(dispatch);
  return {
    line(text, line) {
      if (text.trim() === '') return;
      const fields = fieldsOf(text);
      if (!fields) sink.unreadable(line, text);
      else if (!entries.tell(fields, line)) sink.seen(undefined);
    },
    end() {
      dispatch.end();
    },
  };
}

export const journalJson: TextFormat = {
  id: 'journal-json',
  title: 'systemd journal (JSON)',
  recognise: (head) => shareOfLines(head, looksLikeEntry),
  open,
};

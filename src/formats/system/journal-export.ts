// Reads the Journal Export Format (`journalctl -o export`, systemd-journal-upload), binary fields included.
import type { BinaryFormat, BinaryReader, FactSink } from '../../model/reader.ts';
import { dispatcher } from './dispatch.ts';
import { entryTeller, WANTED_FIELDS } from './journal-entry.ts';

const NEWLINE = 0x0a;
const EQUALS = 0x3d;
/** systemd allows names of 64 characters; a longer one is no name, and the file no journal. */
const NAME_MAX = 256;
/** What is kept of one value; a core dump in a field may have gigabytes. */
const VALUE_MAX = 64 * 1024;

/**
 * Where the reader stands. A field is `NAME=text\n`, or `NAME\n`, 64 bits of length (little-endian), that many bytes, `\n`; an empty
 * line ends the entry (systemd, "Journal Export Formats").
 */
type State = 'name' | 'text' | 'length' | 'bytes' | 'after-bytes' | 'broken';

/** Keeps the first bytes of a value that comes in pieces. */
function valueKeeper(): { add(bytes: Uint8Array): void; take(): string } {
  let parts: Uint8Array[] = [];
  let kept = 0;
  return {
    add(bytes) {
      const room = Math.min(bytes.length, VALUE_MAX - kept);
      if (room <= 0) return;
      parts.push(Uint8Array.from(bytes.subarray(0, room)));
      kept += room;
    },
    take() {
      const text = Buffer.concat(parts).toString('utf8');
      parts = [];
      kept = 0;
      return text;
    },
  };
}

function open(sink: FactSink): BinaryReader {
  const dispatch = dispatcher(sink);
  const entries = entryTeller(dispatch);
  const name = valueKeeper();
  const value = valueKeeper();
  let state: State = 'name';
  let nameLength = 0;
  let field = '';
  let lengthBytes: number[] = [];
  let remaining = 0;
  let record = 1;
  let fields = new Map<string, string>();

  function endOfEntry(): void {
    if (fields.size > 0) {
      if (!entries.tell(fields, record)) sink.seen(undefined);
      record++;
    }
    fields = new Map();
  }

  function endOfValue(): void {
    const text = value.take();
    if (WANTED_FIELDS.has(field) && !fields.has(field)) fields.set(field, text);
    state = 'name';
  }

  /** Up to the end of the name; returns the index after it. */
  function readName(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && bytes[at] !== EQUALS && bytes[at] !== NEWLINE) at++;
    name.add(bytes.subarray(from, at));
    nameLength += at - from;
    if (nameLength > NAME_MAX) state = 'broken';
    if (at === bytes.length || state === 'broken') return at;
    field = name.take();
    nameLength = 0;
    if (bytes[at] === EQUALS) state = 'text';
    else if (field === '') endOfEntry();
    else state = 'length';
    return at + 1;
  }

  function readText(bytes: Uint8Array, from: number): number {
    const newline = bytes.indexOf(NEWLINE, from);
    const end = newline < 0 ? bytes.length : newline;
    if (WANTED_FIELDS.has(field)) value.add(bytes.subarray(from, end));
    if (newline >= 0) endOfValue();
    return end + 1;
  }

  function readLength(byte: number): void {
    lengthBytes.push(byte);
    if (lengthBytes.length < 8) return;
    remaining = Number(Buffer.from(lengthBytes).readBigUInt64LE());
    lengthBytes = [];
    state = remaining === 0 ? 'after-bytes' : 'bytes';
  }

  function readBytes(bytes: Uint8Array, from: number): number {
    const end = Math.min(bytes.length, from + remaining);
    if (WANTED_FIELDS.has(field)) value.add(bytes.subarray(from, end));
    remaining -= end - from;
    if (remaining === 0) state = 'after-bytes';
    return end;
  }

  return {
    chunk(bytes) {
      let at = 0;
      while (at < bytes.length) {
        if (state === 'name') at = readName(bytes, at);
        else if (state === 'text') at = readText(bytes, at);
        else if (state === 'length') readLength(bytes[at++] ?? 0);
        else if (state === 'bytes') at = readBytes(bytes, at);
        else if (state === 'broken') return;
        else {
          if (bytes[at++] === NEWLINE) endOfValue();
          else state = 'broken';
        }
      }
    },
    end() {
      const whole = state === 'name' && nameLength === 0;
      const last = record;
      // journalctl ends the last entry with an empty line too; a pasted one may lack it.
      if (state === 'text') endOfValue();
      if (state !== 'broken') endOfEntry();
      dispatch.end();
      if (state === 'broken') return `no journal export from record ${last} on`;
      return whole ? undefined : `cut off in record ${last}`;
    },
  };
}

export const journalExport: BinaryFormat = {
  id: 'journal-export',
  title: 'systemd journal (export format)',
  recognise: (head) =>
    /^(?:__CURSOR|__REALTIME_TIMESTAMP|__MONOTONIC_TIMESTAMP|_BOOT_ID)=/.test(
      Buffer.from(head.subarray(0, 64)).toString('latin1'),
    ),
  open,
};

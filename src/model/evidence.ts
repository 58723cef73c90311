// Evidence: where a fact can be looked up, with the words that stand there.

/** The longest quote that is kept, in UTF-16 code units; a log line may be a gigabyte long. */
const QUOTE_MAX = 400;

export interface Evidence {
  /** The path as the user gave it, or the command that printed the line. */
  readonly file: string;
  /** Counted from 1; for a binary file the number of the record. */
  readonly line: number;
  /** As it stands in the file: hostile until a report has escaped it. Cut at 400 characters. */
  readonly text: string;
}

export function evidence(file: string, line: number, text: string): Evidence {
  return { file, line, text: text.length > QUOTE_MAX ? copied(`${text.slice(0, QUOTE_MAX)}…`) : text };
}

/** V8 keeps a slice as a pointer into the whole, which may be 64 kB long: a way over bytes makes it text of its own. */
function copied(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

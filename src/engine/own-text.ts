// Text that is kept must not keep the line that it was cut from.

/** V8 makes a slice of so many characters a pointer into the whole text; a shorter one it copies. */
const SLICED_MIN = 13;

/**
 * The same text in memory of its own. A word of a log line is a pointer into the line, so a table of a million words would hold
 * a million lines. Joining and cutting again makes V8 copy.
 */
export function ownText(text: string): string {
  return text.length < SLICED_MIN ? text : ` ${text}`.slice(1);
}

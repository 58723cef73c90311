// What was given and is nothing that can be read, as an error lists it.
import type { NotRecognised } from '../model/dossier.ts';

const SHOWN_MAX = 10;

/** A line for each, with its reason; each begins with a line feed. */
export function notRecognisedLines(files: readonly NotRecognised[]): string {
  const lines = files.slice(0, SHOWN_MAX).map(({ path, reason }) => `\n  ${path}: ${reason}`);
  const more = files.length > SHOWN_MAX ? `\n  and ${files.length - SHOWN_MAX} more` : '';
  return lines.join('') + more;
}

// Whether the last line of a log is whole, when its line feed is missing: somebody may be writing it.
import type { AccessFormat } from '../../model/access-entry.ts';

/**
 * Only where the line itself shows it: by the closing quote of the user agent where nothing follows that, or by the closing brace
 * of JSON. A size of 1234 may as well be the begin of 12345.
 */
export function isWholeLine(format: AccessFormat, text: string): boolean {
  const { layout } = format;
  const ends = layout
    ? layout.headers && layout.tail.length === 0 && !layout.lineQuoted && text.endsWith('"')
    : text.endsWith('}');
  return ends && format.parse(text) !== undefined;
}

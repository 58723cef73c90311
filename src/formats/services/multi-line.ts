// What the formats of services share: recognising a log by its stamped lines, and gathering a message of several lines.
import { shareOfLines } from '../../model/reader.ts';
import type { Stamp } from '../../model/time.ts';

/** A report of several lines is kept up to here; what follows is counted as part of it and dropped. */
const REPORT_MAX = 65_536;

export interface Report {
  readonly stamp: Stamp | undefined;
  /** Line of its begin. */
  readonly line: number;
  /** The first line, for the quote. */
  readonly first: string;
  /** The whole, newlines between lines. */
  text: string;
}

export function beginReport(stamp: Stamp | undefined, first: string, line: number): Report {
  return { stamp, line, first, text: first.slice(0, REPORT_MAX) };
}

export function continueReport(report: Report, text: string): void {
  const room = REPORT_MAX - report.text.length;
  if (room > 1) report.text += `\n${text.slice(0, room - 1)}`;
}

/**
 * For logs whose messages run over several lines: some lines must begin as only this log's lines do. One such line among free text is a log
 * with a long report in it; the more lines fit, the surer it is. 0, or 0.7 to 1.
 */
export function recogniseStarts(
  head: readonly string[],
  starts: (line: string) => boolean,
  continues: (line: string) => boolean,
): number {
  let first = -1;
  let count = 0;
  head.forEach((line, index) => {
    if (!starts(line)) return;
    if (first < 0) first = index;
    count++;
  });
  if (count === 0 || count * 60 < head.length) return 0;
  return 0.7 + 0.3 * shareOfLines(head, (line) => starts(line) || continues(line));
}

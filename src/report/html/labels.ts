// What the page calls its parts: headings, heads of tables, labels of the plot, and the small words between them.
import { many } from '../../model/figures.ts';
import type { TimeSpan } from '../../model/time.ts';
import type { Cause } from '../../model/verdict.ts';
import type { Clock } from '../text/clock.ts';

export const HEADINGS = {
  blame: 'Who is to blame',
  chain: 'How it came about',
  seen: 'What was seen',
  moments: 'Moment by moment',
  remedies: 'What to do now',
  grounds: 'What this rests on',
  sources: 'What was read',
  skipped: 'What was not looked at',
  assumed: 'What was assumed or noticed',
} as const;

export const LABELS = {
  unnamedHost: 'host not named',
  warning: 'Warning',
  undo: 'To take it back',
  noSource: 'Nothing was read.',
  follows: 'it follows in time.',
  beginsWith: 'It begins:',
  states: { up: 'up', slow: 'slow or partly failing', down: 'down' },
  incident: 'the incident',
  author: 'Seawall',
} as const;

export const COLUMNS = {
  moments: ['Time', 'What happened'],
  sources: ['Source', 'Lines', 'From', 'To'],
  skipped: ['File', 'Why not'],
} as const;

/** What the figures of a row of the plot count, beside its title. */
export const UNITS = { rate: '', count: 'processes', kb: '', load: 'average over a minute' } as const;

export function rivalsHeading(cause: Cause): string {
  return cause === 'unknown' ? 'What was considered' : 'What it is not';
}

export function missingHeading(cause: Cause): string {
  return cause === 'unknown' ? 'What would decide it' : 'What would make it surer';
}

export function timelineHeading(span: TimeSpan, clock: Clock): string {
  return `Timeline, ${clock.during(span)} ${clock.zone}`;
}

export function zoneWords(zone: string, assumed: boolean): string {
  return `times in ${zone}${assumed ? ' (assumed)' : ''}`;
}

export function linkWords(after: number): string {
  return `from ${after + 1}:`;
}

export function extremeWords(worst: 'high' | 'low', said: string): string {
  return worst === 'high' ? `max ${said}` : `min ${said}`;
}

export function againWords(count: number, until: string): string {
  return `${many(count, 'time')} until ${until}`;
}

export function restWords(more: number, noun: string): string {
  return `and ${many(more, `more ${noun}`)}: see --json`;
}

export function hiddenWords(why: string): string {
  return `hides who is behind it: ${why}`;
}

export function unreadableWords(unreadable: number): string {
  return `${many(unreadable, 'line')} unreadable`;
}

export function readWords(sources: number, lines: number): string {
  return `${many(sources, 'source')}, ${many(lines, 'line')}.`;
}

export function footerWords(day: string, time: string, zone: string): string {
  return `The evidence was read on ${day} at ${time} ${zone}. Every quote stands as it does in its source; characters that can't be seen are spelled out.`;
}

// What stands between outputs in a terminal: prompts, the commands typed at them, dates, the header of watch.
import type { Stamp } from '../../model/time.ts';

const LINE_MAX = 400;
const PROMPTS = [
  /^\[[^\]]{1,80}\] ?[#$%] ?(.*)$/,
  /^[\w.-]{1,40}@[\w.-]{1,80}(?:[: ][^#$%]{0,120})?[#$%] ?(.*)$/,
  /^(?:mysql|MariaDB \[[^\]]{0,80}\])> ?(.*)$/,
  /^(?:bash|sh|zsh)-[\d.]{1,8}[#$] ?(.*)$/,
  /^[#$>%](?: (.*))?$/,
];
const COMMANDS =
  'ps|top|free|df|ss|netstat|vmstat|uptime|w|cat|tail|head|grep|watch|dstat|mysqladmin|mysql|mariadb|mariadb-admin|date|while|for|echo|clear|dmesg|journalctl';
const COMMAND = new RegExp(`^(?:sudo )?(?:/\\S{1,40}/)?(?:${COMMANDS})(?: .*)?$`);
/** A bare word could be anything; an output never begins like a call with options, a path or a pipe. */
const ARGUMENTS =
  /^(?:\S+|sudo \S+)(?:$| +(?:-|\/|\||>|aux|auxf|auxww|faux|ax|ef|\d+$|status|extended-status|processlist|ping|"|'))/;

/** The command, possibly empty, when the line is a prompt or a bare command; else `undefined`. */
export function typedCommand(text: string): string | undefined {
  const line = text.slice(0, LINE_MAX).trimEnd();
  for (const prompt of PROMPTS) {
    const match = prompt.exec(line);
    if (match) return match[1] ?? '';
  }
  return COMMAND.test(line) && ARGUMENTS.test(line) ? line : undefined;
}

const DATE =
  /^(?:[A-Z][a-z]{2} )([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?: ([AP]M))? (?:([A-Z]{2,5}|[+-]\d\d) )?(\d{4})$/;
const ISO = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?(Z|[+-]\d\d:\d\d)?$/;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A line that is nothing but a date, as `date` prints it. */
export function dateLine(text: string): Stamp | undefined {
  if (text.length > 60) return undefined;
  return dateOf(text.trim());
}

/** "Every 2.0s: free -m      web1: Sun Nov 22 12:05:23 2026" (watch of procps; older ones leave the host out). */
export function watchHeader(text: string): { command: string; stamp: Stamp | undefined } | undefined {
  const line = text.slice(0, LINE_MAX).trimEnd();
  const match = /^Every \d{1,6}[.,]\d{1,3}s: (.*)$/.exec(line);
  if (!match) return undefined;
  const date = /[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d (?:[A-Z]{2,5} )?\d{4}$/.exec(line)?.[0];
  return { command: match[1] ?? '', stamp: date === undefined ? undefined : dateOf(date) };
}

function dateOf(text: string): Stamp | undefined {
  const iso = ISO.exec(text);
  if (iso) {
    const ms = Date.parse(`${iso[1]}T${iso[2]}${iso[3] ?? 'Z'}`);
    return Number.isNaN(ms) ? undefined : { ms, clock: iso[3] === undefined ? 'local' : 'absolute' };
  }
  const match = DATE.exec(text);
  if (!match) return undefined;
  const month = MONTHS.indexOf(match[1] ?? '');
  if (month < 0) return undefined;
  const half = match[6];
  const hour = half === undefined ? Number(match[3]) : (Number(match[3]) % 12) + (half === 'PM' ? 12 : 0);
  const ms = Date.UTC(Number(match[8]), month, Number(match[2]), hour, Number(match[4]), Number(match[5]));
  // Other abbreviations (IST, CST) mean several zones: the clock of the host is all that is sure.
  return { ms, clock: match[7] === 'UTC' || match[7] === 'GMT' ? 'absolute' : 'local' };
}

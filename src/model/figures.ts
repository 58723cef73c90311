// Figures as a person says them: rounded to what the measurement is worth, with their unit. Every sentence of ours uses them.

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

function rounded(value: number, digits: number): string {
  return Number(value.toFixed(digits)).toString();
}

/** 1240 -> "1,240"; fractions are rounded away. A figure that is no number is "?". */
export function count(value: number): string {
  return Number.isFinite(value) ? GROUPED.format(Math.round(value)) : '?';
}

/** count(1, 'request') -> "1 request", "1,240 requests". */
export function many(value: number, one: string, more = `${one}s`): string {
  return `${count(value)} ${Math.round(value) === 1 ? one : more}`;
}

/** "once", "twice", "3 times" */
export function timesWord(value: number): string {
  const whole = Math.round(value);
  return whole === 1 ? 'once' : whole === 2 ? 'twice' : `${count(value)} times`;
}

/** A figure with one digit after the point while it is small: 3.4, 12. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '?';
  return Math.abs(value) < 10 ? rounded(value, 1) : count(value);
}

/** A share of 0 to 1 in percent; it says neither 100 % nor 0 % unless that is exact. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '? %';
  if (share >= 1) return '100 %';
  if (share <= 0) return '0 %';
  if (share > 0.99) return 'over 99 %';
  if (share < 0.01) return 'under 1 %';
  return `${Math.round(share * 100)} %`;
}

/** Memory or disk space, given in kB (1,024 bytes): "856 kB", "4.4 MB", "1.5 GB". */
export function kilobytes(kb: number): string {
  if (!Number.isFinite(kb)) return '?';
  if (kb < 1024) return `${count(kb)} kB`;
  const mb = kb / 1024;
  if (mb < 1000) return `${figure(mb)} MB`;
  return `${figure(mb / 1024)} GB`;
}

/** A stretch of time in words, given in seconds: "0.35 seconds", "11 seconds", "29 minutes", "3 hours". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '? seconds';
  const s = Math.max(0, seconds);
  if (s < 1) return `${rounded(s, 2)} seconds`;
  if (s < 10) return `${rounded(s, 1)} ${rounded(s, 1) === '1' ? 'second' : 'seconds'}`;
  if (s < 120) return many(s, 'second');
  if (s < 7200) return many(s / 60, 'minute');
  if (s < 172_800) return many(s / 3600, 'hour');
  return many(s / 86_400, 'day');
}

/** How often, given per second: "once a second", "6 times a second", "30 times a minute". */
export function often(perSecond: number): string {
  if (!Number.isFinite(perSecond) || perSecond <= 0) return 'at an unknown rate';
  if (perSecond >= 0.95) return times(perSecond, 'second');
  if (perSecond * 60 >= 0.95) return times(perSecond * 60, 'minute');
  return times(perSecond * 3600, 'hour');
}

function times(value: number, unit: string): string {
  if (value < 1.2) return unit === 'hour' ? `once an ${unit}` : `once a ${unit}`;
  return `${figure(value)} times ${unit === 'hour' ? 'an' : 'a'} ${unit}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** At most `max` of them, then how many more there are: "a, b and 12 more". */
export function some(items: readonly string[], total = items.length, max = 3): string {
  const shown = items.slice(0, max);
  const rest = Math.max(total, items.length) - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${count(rest)} more` : listed(shown);
}

/** A piece of foreign text in quotation marks, cut to `max` characters. */
export function quoted(text: string, max = 160): string {
  const points = [...text.slice(0, max * 2)];
  return points.length > max ? `"${points.slice(0, max).join('')}…"` : `"${points.join('')}"`;
}

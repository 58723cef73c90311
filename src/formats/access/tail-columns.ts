// What the columns after the well-known part of a line are, decided from the head by their names, their shape, or by statistics.
import type { AccessEntry, AccessFormat } from '../../model/access-entry.ts';
import type { FieldName } from './fields.ts';
import { judgeInteger } from './integer-column.ts';
import { upstreamMs } from './numbers.ts';
import type { TailToken } from './tail.ts';

interface ColumnRow {
  readonly entry: AccessEntry;
  readonly tail: readonly TailToken[];
}

export interface Columns {
  /** One a column; `skip` for what is of no use or could not be told. */
  readonly fields: readonly FieldName[];
  /** For the title of the format; a `?` stands for a number that could not be told. */
  readonly titles: readonly string[];
  /** What the bytes in the usual place must be, when a column betrays it. */
  readonly mainBytes: AccessFormat['bytes'] | undefined;
  /** Only nginx writes such columns. */
  readonly nginx: boolean;
  /** A column holds durations that put the lines in the order of their ends: the stamps are those of the begin. */
  readonly endsInOrder: boolean;
}

const ADDRESS_LIST = /^[0-9A-Fa-f:.]{2,45}(?:, ?(?:[0-9A-Fa-f:.]{2,45}|unknown)){0,30}$/;
const HOST = /^(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z][A-Za-z0-9-]{1,62}(?::\d{1,5})?$/;
const SECONDS = /^\d{1,9}\.\d{3}$/;
const SECONDS_LIST = /^(?:-|\d{1,9}\.\d{3})(?:(?:,| :) (?:-|\d{1,9}\.\d{3}))*$/;

/** Names that people give to nginx's times in `key=value` columns; the rest of the keys is skipped. */
const KEYS: Readonly<Record<string, FieldName>> = {
  rt: 'durationS',
  request_time: 'durationS',
  req_time: 'durationS',
  reqtime: 'durationS',
  urt: 'upstream',
  upstream_response_time: 'upstream',
  upstream_time: 'upstream',
  xff: 'forwarded',
  http_x_forwarded_for: 'forwarded',
  x_forwarded_for: 'forwarded',
  host: 'host',
  vhost: 'host',
  server_name: 'host',
  http_host: 'host',
  rl: 'requestBytes',
  request_length: 'requestBytes',
};

const TITLES: Readonly<Partial<Record<FieldName, string>>> = {
  durationS: '$request_time',
  durationSUs: '%T/%D',
  upstream: '$upstream_response_time',
  forwarded: 'X-Forwarded-For',
  host: 'host',
  requestBytes: '$request_length',
};

/** Rows must all have the same number of tail tokens. */
export function judgeColumns(rows: readonly ColumnRow[]): Columns {
  const width = rows[0]?.tail.length ?? 0;
  const fields: FieldName[] = new Array(width).fill('skip');
  const titles: string[] = new Array(width).fill('');
  const columns = Array.from({ length: width }, (_, i) => rows.map((row) => row.tail[i]?.text ?? ''));
  let nginx = false;
  let endsInOrder = false;
  let mainBytes: AccessFormat['bytes'] | undefined;

  const secondsColumns: number[] = [];
  for (const [i, texts] of columns.entries()) {
    const key = (rows[0]?.tail[i]?.key ?? '').toLowerCase();
    const field = key === '' && isSilent(texts) ? silentField(columns, i, rows) : fieldOfTexts(key, texts);
    if (field === 'seconds') secondsColumns.push(i);
    else if (field !== undefined && (field === 'skip' || !fields.includes(field))) {
      fields[i] = field;
      titles[i] = TITLES[field] ?? '';
    } else if (texts.every((text) => /^(?:\d{1,15}|-)$/.test(text)) && texts.some((text) => text !== '-')) {
      const verdict = judgeInteger(rows.map((row, r) => ({ entry: row.entry, value: Number(texts[r]) })));
      titles[i] = verdict.title;
      if (verdict.field !== 'skip' && !fields.some((other) => sameMeaning(other, verdict.field)))
        fields[i] = verdict.field;
      mainBytes ??= verdict.mainBytes;
      endsInOrder ||= verdict.endsInOrder;
    }
    if ((key === 'rt' || key === 'urt') && texts.some((text) => SECONDS_LIST.test(text))) nginx = true;
  }
  preferFiner(fields);
  if (secondsColumns.length > 0) {
    nginx = true;
    assignSeconds(columns, secondsColumns, fields, titles);
  }
  return { fields, titles: titles.filter((title) => title !== ''), mainBytes, nginx, endsInOrder };
}

function isSilent(texts: readonly string[]): boolean {
  return texts.every((text) => text === '-' || text === '');
}

function isSeconds(texts: readonly string[]): boolean {
  return !isSilent(texts) && fieldOfTexts('', texts) === 'seconds';
}

/**
 * A column that says nothing in the whole head: beside a time it is what the backend would have taken; in quotes, the
 * X-Forwarded-For of nginx's "main", which is empty without a proxy.
 */
function silentField(
  columns: readonly (readonly string[])[],
  i: number,
  rows: readonly ColumnRow[],
): FieldName | 'seconds' {
  const quoted = rows[0]?.tail[i]?.quoted === true;
  if ((quoted ? columns.slice(0, i) : columns).some(isSeconds)) return 'seconds';
  return quoted ? 'forwarded' : 'skip';
}

/** The field by key or by shape; `seconds` needs the other columns; `undefined` when neither tells. */
function fieldOfTexts(key: string, texts: readonly string[]): FieldName | 'seconds' | undefined {
  if (key !== '') return Object.hasOwn(KEYS, key) ? KEYS[key] : 'skip';
  const said = texts.filter((text) => text !== '-' && text !== '');
  if (said.every((text) => SECONDS_LIST.test(text))) {
    // Ten digits before the point: $msec, a moment.
    return said.every((text) => SECONDS.test(text) && text.length >= 14) ? 'skip' : 'seconds';
  }
  if (said.every((text) => ADDRESS_LIST.test(text) && /[.:]/.test(text) && !SECONDS.test(text))) {
    return said.some((text) => /^\d+(?:\.\d+){3}:\d+/.test(text)) ? 'skip' : 'forwarded';
  }
  if (said.every((text) => isSameTimeTwice(text))) return 'durationSUs';
  if (said.every((text) => HOST.test(text))) return 'host';
  return undefined;
}

/** `%T/%D`: seconds and microseconds of the same time. */
function isSameTimeTwice(text: string): boolean {
  const match = /^(\d{1,6})\/(\d{1,12})$/.exec(text);
  return match !== null && Math.floor(Number(match[2]) / 1e6) === Number(match[1]);
}

/**
 * nginx's times among columns of seconds: `$request_time` is there for every request, is never a list, and is at least
 * as long as what the upstream took; of the upstream times (connect, header, response) the response time is the longest.
 */
function assignSeconds(
  columns: readonly (readonly string[])[],
  candidates: readonly number[],
  fields: FieldName[],
  titles: string[],
): void {
  const sums = new Map(
    candidates.map((i) => [i, (columns[i] ?? []).reduce((sum, text) => sum + (upstreamMs(text) ?? 0), 0)]),
  );
  const longest = (among: readonly number[]): number | undefined =>
    among.reduce<number | undefined>(
      (best, i) => (best === undefined || (sums.get(i) ?? 0) > (sums.get(best) ?? 0) ? i : best),
      undefined,
    );
  const always = candidates.filter((i) => (columns[i] ?? []).every((text) => SECONDS.test(text)));
  const request = fields.includes('durationS') ? undefined : longest(always);
  if (request !== undefined) {
    fields[request] = 'durationS';
    titles[request] = '$request_time';
  }
  const upstream = fields.includes('upstream') ? undefined : longest(candidates.filter((i) => i !== request));
  if (upstream !== undefined) {
    fields[upstream] = 'upstream';
    titles[upstream] = '$upstream_response_time';
  }
}

const DURATIONS: readonly FieldName[] = ['durationUs', 'durationMs', 'durationS'];

function sameMeaning(a: FieldName, b: FieldName): boolean {
  return a === b;
}

/** `%D %T` say the same time twice: the finer one counts. */
function preferFiner(fields: FieldName[]): void {
  const finest = DURATIONS.find((field) => fields.includes(field));
  for (const [i, field] of fields.entries()) if (DURATIONS.includes(field) && field !== finest) fields[i] = 'skip';
}

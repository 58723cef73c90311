// Which layout of the Common Log Format family the first lines of a file have, and which server wrote them.
import type { AccessEntry, AccessFormat, ClfPrefix } from '../../model/access-entry.ts';
import { ADDRESS, type ClfLayout, clfParser, clfPlaces, LINE_MAX, lineLayout } from './clf.ts';
import { CLF_TIME_LENGTH, clfTime } from './line-time.ts';
import { judgeServer } from './server-signs.ts';
import { type TailToken, tailTokens } from './tail.ts';
import { judgeColumns } from './tail-columns.ts';

/** One line of the head, cut at its joints. */
interface Cut {
  readonly line: string;
  readonly prefix: string;
  readonly tail: readonly TailToken[];
}

/** The most common value; `undefined` of none. */
function mode<T>(values: Iterable<T>): T | undefined {
  const counts = new Map<T, number>();
  let best: T | undefined;
  let most = 0;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (count > most) {
      most = count;
      best = value;
    }
  }
  return best;
}

/** Reads the layout from the head; `undefined` when fewer than half of its lines are of this family. */
export function detectClf(head: readonly string[]): AccessFormat | undefined {
  const lines = head.filter((line) => line.trim() !== '' && line.length <= LINE_MAX);
  const lineQuoted = lines.filter(isQuotedLine).length * 2 > lines.length;
  const cuts: Cut[] = [];
  for (const line of lines) {
    const cut = cutLine(line, lineQuoted);
    if (cut) cuts.push(cut);
  }
  if (cuts.length === 0 || cuts.length * 2 < lines.length) return undefined;
  const prefix = judgePrefix(cuts.map((cut) => cut.prefix));
  if (!prefix) return undefined;

  const headers = cuts.filter((cut) => hasHeaders(cut.tail)).length * 2 >= cuts.length;
  const own = headers ? 2 : 0;
  const shape = mode(cuts.map((cut) => shapeOf(cut.tail.slice(own)))) ?? '';
  const core: ClfLayout = { prefix, lineQuoted, headers, tail: [] };
  const parse = clfParser(core);
  const rows: { entry: AccessEntry; tail: readonly TailToken[] }[] = [];
  const entries: AccessEntry[] = [];
  for (const cut of cuts) {
    const entry = parse(cut.line);
    if (!entry) continue;
    entries.push(entry);
    const tail = cut.tail.slice(own);
    if (shapeOf(tail) === shape) rows.push({ entry, tail });
  }
  if (entries.length === 0 || entries.length * 2 < lines.length) return undefined;

  const columns = judgeColumns(rows);
  const server = judgeServer(
    entries,
    cuts.map((cut) => cut.line),
    { layout: core, columns },
  );
  const layout = { ...core, tail: columns.fields.some((field) => field !== 'skip') ? columns.fields : [] };
  return {
    title: titleOf(core, server.name, columns.titles),
    stamp: server.stamp,
    bytes: columns.mainBytes ?? server.bytes,
    layout: lineLayout(layout),
    parse: clfParser(layout),
  };
}

/** The three well-known layouts, as a person names them on the command line. */
export function namedClf(
  title: string,
  layout: Omit<ClfLayout, 'lineQuoted'>,
  server: 'apache' | 'nginx',
): AccessFormat {
  return {
    title,
    stamp: server === 'apache' ? 'begin' : 'end',
    // Debian gives the names common, combined and vhost_combined to formats with %O, everybody else to those with %b.
    bytes: server === 'apache' ? 'unknown' : 'body',
    layout: lineLayout({ ...layout, lineQuoted: false }),
    parse: clfParser({ ...layout, lineQuoted: false }),
  };
}

/** `"1.2.3.4 - - [...] "GET ...`: the first quote is not closed before the time begins. */
function isQuotedLine(line: string): boolean {
  if (!line.startsWith('"')) return false;
  const bracket = line.indexOf(' [');
  const second = line.indexOf('"', 1);
  const user = line.indexOf(' - "');
  return bracket > 0 && (second > bracket || (user > 0 && second === user + 3));
}

function cutLine(line: string, lineQuoted: boolean): Cut | undefined {
  const inner = lineQuoted && line.length > 1 && line.endsWith('"') ? line.slice(0, -1) : line;
  const start = lineQuoted ? 1 : 0;
  const places = clfPlaces(inner, start);
  if (!places || clfTime(inner.slice(places.time, places.time + CLF_TIME_LENGTH)) === undefined) return undefined;
  const counts = /^ (?:\d{3}|-) (?:\d+|-)(?= |$)/.exec(inner.slice(places.requestEnd + 1, places.requestEnd + 40));
  if (!counts) return undefined;
  const tail = tailTokens(inner, places.requestEnd + 1 + counts[0].length);
  return tail && { line, prefix: inner.slice(start, places.time - 2), tail };
}

function hasHeaders(tail: readonly TailToken[]): boolean {
  const [referer, agent] = tail;
  return referer?.quoted === true && referer.key === '' && agent?.quoted === true && agent.key === '';
}

function shapeOf(tail: readonly TailToken[]): string {
  return tail.map((token) => `${token.quoted ? 'q' : 'b'}${token.key}`).join(' ');
}

const NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})$/;
const HOST_PORT = /^\[?[A-Za-z0-9_.:*-]{1,255}\]?$/;

function isHostName(word: string): boolean {
  return NAME.test(word) && (word.includes('.') || word === 'localhost');
}

/** An address, or a name that can be a client's (a bare word such as "Nov" is none). */
function isClient(word: string): boolean {
  return ADDRESS.test(word) || isHostName(word);
}

function judgePrefix(prefixes: readonly string[]): ClfPrefix | undefined {
  const best = mode(prefixes.map(prefixOf));
  // `-, - 10.0.0.1`: one line with a list says what the lines with one address or none do not.
  if (best === 'plain' && prefixes.some((text) => /^[^ "]+, /.test(text))) {
    const kinds = new Set(prefixes.map(prefixOf));
    if (kinds.has('forwarded-only')) return 'forwarded-only';
  }
  if (best === 'vhost' && prefixes.every((text) => startsWithPeer(text))) return 'forwarded-first';
  return best;
}

/** The first word is an address or `-`, so that it is rather X-Forwarded-For than the name of a host. */
function startsWithPeer(text: string): boolean {
  const word = text.slice(0, text.indexOf(' '));
  return word === '-' || ADDRESS.test(word) || word.endsWith(',');
}

function prefixOf(text: string): ClfPrefix | undefined {
  if (text.startsWith('"')) return /^"[^"]*" \S+ \S+ /.test(text) ? 'forwarded-first' : undefined;
  if (/^\[[^\] ]+\] \S+ \S+ /.test(text)) return 'bracket-vhost';
  const [first = '', second = '', third, ...rest] = text.split(' ');
  if (third === undefined) return undefined;
  if (first.endsWith(',')) {
    const afterList = /^(?:[^ ]*, )+[^ ]+ ([^ ]+) ([^ ]+)( [^ ]+)?/.exec(text.slice(0, 2000));
    return afterList?.[3] !== undefined && isClient(afterList[1] ?? '') ? 'forwarded-first' : 'forwarded-only';
  }
  // vhost before client: the second word is the client, and the ident follows.
  if (rest.length > 0 && third === '-' && isClient(second) && (first === '-' || HOST_PORT.test(first))) return 'vhost';
  if (!isClient(first) && first !== '-') return undefined;
  if (first === '-' && second !== '-') return undefined;
  if (isHostName(second)) return 'host-ident';
  if (first === '-') return 'forwarded-only';
  return second === '-' || rest.length === 0 ? 'plain' : undefined;
}

function titleOf(layout: ClfLayout, server: string | undefined, columns: readonly string[]): string {
  const base = layout.headers ? 'combined' : 'common';
  const before: Readonly<Record<ClfPrefix, string>> = {
    plain: base,
    'host-ident': `${base} with host`,
    vhost: `vhost_${base}`,
    'bracket-vhost': `${base} with [host]`,
    'forwarded-first': `X-Forwarded-For, then ${base}`,
    'forwarded-only': `${base} with X-Forwarded-For in the client's place`,
  };
  const after = columns.length > 0 ? `, then ${columns.join(' ')}` : '';
  return `${before[layout.prefix]}${after}${server ? ` (${server})` : ''}`;
}

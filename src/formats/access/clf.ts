// The fast reader of the Common Log Format family: common, combined, with a virtual host or forwarded address before and columns after.
import type { AccessEntry, ClfPrefix, LineLayout } from '../../model/access-entry.ts';
import { clientFromForwarded, type Draft, emptyDraft, type FieldName, putField } from './fields.ts';
import { CLF_TIME_LENGTH, clfTime, clfTimeReader } from './line-time.ts';
import { closingQuote, unescapeQuotes } from './quoted.ts';
import { splitRequest } from './request-line.ts';
import { tailTokens } from './tail.ts';

export interface ClfLayout extends Omit<LineLayout, 'timeOf'> {
  readonly tail: readonly FieldName[];
}

/** The layout for whoever reads lines without this parser. */
export function lineLayout(layout: ClfLayout): LineLayout {
  return { ...layout, timeOf: clfTime };
}

/** Longest line that is read: Apache's limits allow about 25 kB, four times that when every byte is escaped. */
export const LINE_MAX = 262_144;

/** An address as servers log it, with nginx's `unix:` for a socket. Only the shape: enough to tell it from names. */
export const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%\w{1,20})?|unix:)$/;

const SPACE = 0x20;
const QUOTE = 0x22;

/** Where the parts of a line lie. */
interface ClfPlaces {
  /** Begin of the 26 characters of the time; the bracket is one before. */
  readonly time: number;
  /** First and end of the request line, without its quotes. */
  readonly request: number;
  readonly requestEnd: number;
}

/**
 * Finds the time by the first `] "`: a hostile user name may hold spaces and brackets, but every server escapes its quotes,
 * so nobody can forge an earlier one. `undefined` when the line is not of this family, or cut within the request.
 */
export function clfPlaces(line: string, from: number): ClfPlaces | undefined {
  const close = line.indexOf('] "', from);
  const time = close - CLF_TIME_LENGTH;
  // "[" and a space must stand before the time, and at least one character before those.
  if (time < from + 3 || line.charCodeAt(time - 1) !== 0x5b || line.charCodeAt(time - 2) !== SPACE) return undefined;
  const requestEnd = closingQuote(line, close + 3);
  return requestEnd < 0 ? undefined : { time, request: close + 3, requestEnd };
}

/** A parser for one layout. Not of this layout, or cut: `undefined`. */
export function clfParser(layout: ClfLayout): (line: string) => AccessEntry | undefined {
  const timeAt = clfTimeReader();
  const start = layout.lineQuoted ? 1 : 0;
  const plain = layout.prefix === 'plain';
  return (whole) => {
    if (whole.length > LINE_MAX) return undefined;
    const line = layout.lineQuoted ? withoutOuterQuote(whole) : whole;
    const places = clfPlaces(line, start);
    if (!places) return undefined;
    const at = timeAt(line, places.time);
    if (at === undefined) return undefined;

    const draft = emptyDraft();
    draft.at = at;
    const read = plain ? plainPrefix(draft, line, start, places.time - 2) : false;
    if (!read && !readPrefix(draft, layout.prefix, line.slice(start, places.time - 2))) return undefined;

    const raw = line.slice(places.request, places.requestEnd);
    const request = splitRequest(unescapeQuotes(raw));
    draft.method = request.method;
    draft.target = request.target;
    draft.protocol = request.protocol;

    const afterCounts = readCounts(draft, line, places.requestEnd + 1);
    if (afterCounts < 0) return undefined;
    const afterHeaders = layout.headers ? readHeaders(draft, line, afterCounts) : afterCounts;
    if (afterHeaders < 0) return undefined;
    if (layout.tail.length > 0 && afterHeaders < line.length) {
      const tokens = tailTokens(line, afterHeaders);
      if (!tokens) return undefined;
      // Another number of columns means another format: then nothing can be said about them.
      if (tokens.length === layout.tail.length)
        for (let i = 0; i < tokens.length; i++) putField(draft, layout.tail[i] ?? 'skip', tokens[i]?.text ?? '');
    }
    clientFromForwarded(draft);
    return draft;
  };
}

function withoutOuterQuote(line: string): string {
  return line.charCodeAt(0) === QUOTE && line.length > 1 && line.charCodeAt(line.length - 1) === QUOTE
    ? line.slice(0, -1)
    : line;
}

/** `client ident user`, straight from the line; false when there is something else. */
function plainPrefix(draft: Draft, line: string, from: number, end: number): boolean {
  const first = line.indexOf(' ', from);
  const second = line.indexOf(' ', first + 1);
  // A comma: a list of forwarded addresses stands in the place of the client.
  if (first <= from || second < 0 || second >= end || line.charCodeAt(first - 1) === 0x2c) return false;
  // An address where the ident should be: another layout, with a virtual host first.
  if (second - first > 7 && ADDRESS.test(line.slice(first + 1, second))) return false;
  draft.client = line.slice(from, first);
  if (end - second !== 2 || line.charCodeAt(second + 1) !== 0x2d) putUser(draft, line.slice(second + 1, end));
  return true;
}

/** OpenLiteSpeed's own default puts the user in quotes. */
function putUser(draft: Draft, text: string): void {
  const quoted = text.length > 2 && text.startsWith('"') && text.endsWith('"');
  putField(draft, 'user', quoted ? text.slice(1, -1) : text);
}

/** The part before the time, the slow way; false when it does not fit. */
function readPrefix(draft: Draft, prefix: ClfPrefix, text: string): boolean {
  switch (prefix) {
    case 'plain': {
      const words = leadingWords(text, 2);
      return ADDRESS.test(words?.words[1] ?? '') ? readVhost(draft, text) : readForwardedOnly(draft, text);
    }
    case 'forwarded-only':
      return readForwardedOnly(draft, text);
    case 'host-ident': {
      const words = leadingWords(text, 2);
      if (!words) return false;
      putField(draft, 'host', words.words[1] ?? '');
      return plainPrefix(draft, text, 0, text.length);
    }
    case 'vhost':
      return readVhost(draft, text);
    case 'bracket-vhost': {
      const close = text.startsWith('[') ? text.indexOf('] ') : -1;
      // The shared log of LiteSpeed has lines of the server itself without the brackets.
      if (close < 0) return plainPrefix(draft, text, 0, text.length);
      putHost(draft, text.slice(1, close));
      return plainPrefix(draft, text, close + 2, text.length);
    }
    case 'forwarded-first':
      return readForwardedFirst(draft, text);
  }
}

function readVhost(draft: Draft, text: string): boolean {
  const space = text.indexOf(' ');
  if (space <= 0) return false;
  putHost(draft, text.slice(0, space));
  return plainPrefix(draft, text, space + 1, text.length);
}

/**
 * `1.2.3.4, 5.6.7.8 10.0.0.1 - -`, the list quoted or not. The list is whatever the client sent, spaces included, so without
 * quotes it is read from the right, else a header such as `x 192.0.2.1 - -` would put another client in the log.
 */
function readForwardedFirst(draft: Draft, text: string): boolean {
  if (text.startsWith('"')) {
    const close = closingQuote(text, 1);
    if (close < 0 || !plainPrefix(draft, text, close + 2, text.length)) return false;
    putField(draft, 'forwarded', text.slice(1, close));
    return true;
  }
  const ident = identAt(text);
  const client = ident < 0 ? forwardedEnd(text) + 1 : text.lastIndexOf(' ', ident - 2) + 1;
  if (client <= 1 || !plainPrefix(draft, text, client, text.length)) return false;
  putField(draft, 'forwarded', text.slice(0, client - 1));
  return true;
}

/** A list of addresses, or `-`, in the place of the client. */
function readForwardedOnly(draft: Draft, text: string): boolean {
  const dash = identAt(text);
  const end = dash > 0 ? dash - 1 : forwardedEnd(text);
  const user = leadingWords(text.slice(end + 1), 1);
  if (end <= 0 || !user) return false;
  const list = text.slice(0, end);
  putField(draft, 'forwarded', list);
  clientFromForwarded(draft);
  if (draft.client === '') draft.client = list;
  putUser(draft, user.rest);
  return true;
}

/** Index of the ident in `... - user` at the end of the text; -1 when it is not the usual dash. */
function identAt(text: string): number {
  const user = text.lastIndexOf(' ');
  return user > 1 && text.startsWith(' - ', user - 2) ? user - 1 : -1;
}

/** End of a comma-separated list at the begin of the text. */
function forwardedEnd(text: string): number {
  let end = text.indexOf(' ');
  while (end > 0 && text.charCodeAt(end - 1) === 0x2c) end = text.indexOf(' ', end + 1);
  return end;
}

function leadingWords(text: string, count: number): { words: string[]; rest: string } | undefined {
  const words: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const end = text.indexOf(' ', at);
    if (end < 0) return undefined;
    words.push(text.slice(at, end));
    at = end + 1;
  }
  return { words, rest: text.slice(at) };
}

/** A dash is no host: the request came without one. */
function putHost(draft: Draft, text: string): void {
  const host = withoutPort(text);
  if (host !== '-') draft.host = host;
}

/** The port of `www.example.com:443` says nothing about whose site it is. */
function withoutPort(host: string): string {
  const match = /:\d{1,5}$/.exec(host);
  return match ? host.slice(0, match.index) : host;
}

/** ` 200 1234`: returns where they end, -1 when they are not there. */
function readCounts(draft: Draft, line: string, from: number): number {
  if (line.charCodeAt(from) !== SPACE) return -1;
  const statusEnd = line.indexOf(' ', from + 1);
  if (statusEnd < 0) return -1;
  const status = digits(line, from + 1, statusEnd);
  if (status < 0 ? !isDash(line, from + 1, statusEnd) : statusEnd - from !== 4) return -1;
  draft.status = Math.max(0, status);
  const next = line.indexOf(' ', statusEnd + 1);
  const end = next < 0 ? line.length : next;
  const bytes = digits(line, statusEnd + 1, end);
  if (bytes < 0 && !isDash(line, statusEnd + 1, end)) return -1;
  draft.bytes = Math.max(0, bytes);
  return end;
}

function isDash(line: string, from: number, to: number): boolean {
  return to - from === 1 && line.charCodeAt(from) === 0x2d;
}

/** The number between two places, -1 when there is anything but digits (or more of them than a double can hold). */
function digits(line: string, from: number, to: number): number {
  if (to <= from || to - from > 15) return -1;
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = line.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** ` "referer" "agent"`: returns where they end, -1 when they are not both there. */
function readHeaders(draft: Draft, line: string, from: number): number {
  if (!line.startsWith(' "', from)) return -1;
  const refererEnd = closingQuote(line, from + 2);
  if (refererEnd < 0 || !line.startsWith(' "', refererEnd + 1)) return -1;
  const agent = refererEnd + 3;
  const agentEnd = closingQuote(line, agent);
  if (agentEnd < 0) return -1;
  if (!isDash(line, from + 2, refererEnd) && refererEnd > from + 2)
    draft.referer = unescapeQuotes(line.slice(from + 2, refererEnd));
  if (!isDash(line, agent, agentEnd) && agentEnd > agent) draft.agent = unescapeQuotes(line.slice(agent, agentEnd));
  return agentEnd + 1;
}

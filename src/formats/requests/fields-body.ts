// Bodies of named fields: forms, JSON and multipart. Users are told, other values never, and no name of a field that isn't known.
import type { BodyReading } from '../../model/capture.ts';
import { fieldKind } from './credentials.ts';
import { type BodyTally, bodyTally } from './tally.ts';

const FIELDS_MAX = 2000;
const DEPTH_MAX = 16;
const NODES_MAX = 20_000;

/** A user's name and a password side by side are one attempt to log in. */
interface Side {
  user: string | undefined;
  password: boolean;
}

function take(side: Side, tally: BodyTally, name: string, value: unknown): void {
  const kind = fieldKind(name);
  if (kind === undefined) return;
  tally.field(name);
  if (kind === 'user' && typeof value === 'string') side.user ??= value;
  if (kind === 'password' && typeof value === 'string' && value !== '') side.password = true;
}

function settle(side: Side, tally: BodyTally): void {
  if (side.password && side.user !== undefined) tally.login(side.user);
}

/** application/x-www-form-urlencoded (URL standard). Anything can be read as one, so text without a known field is no form. */
export function readFormBody(text: string, whole: boolean): BodyReading {
  const tally = bodyTally();
  const side: Side = { user: undefined, password: false };
  let cut = false;
  let at = 0;
  for (let fields = 0; at < text.length; fields++) {
    const next = text.indexOf('&', at);
    const end = next < 0 ? text.length : next;
    if (fields >= FIELDS_MAX) {
      cut = true;
      break;
    }
    const field = text.slice(at, end);
    const equals = field.indexOf('=');
    if (equals > 0) take(side, tally, decoded(field.slice(0, equals)), decoded(field.slice(equals + 1)));
    at = end + 1;
  }
  settle(side, tally);
  return tally.reading('form', whole && !cut);
}

function decoded(text: string): string {
  const spaced = text.slice(0, 400).replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** JSON (RFC 8259). What is cut or damaged can't be read, and counts as other text. */
export function readJsonBody(text: string, whole: boolean): BodyReading {
  const tally = bodyTally();
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return tally.reading('other', false);
  }
  let nodes = 0;
  let cut = false;
  const walk = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null) return;
    if (depth >= DEPTH_MAX || nodes >= NODES_MAX) {
      cut = true;
      return;
    }
    const side: Side = { user: undefined, password: false };
    for (const [name, inner] of Object.entries(value)) {
      nodes++;
      if (!Array.isArray(value)) take(side, tally, name, inner);
      walk(inner, depth + 1);
    }
    settle(side, tally);
  };
  walk(data, 0);
  return tally.reading('json', whole && !cut);
}

/** multipart/form-data (RFC 7578), read without its files. */
export function readMultipartBody(text: string, contentType: string, whole: boolean): BodyReading {
  const tally = bodyTally();
  const [, quoted, bare] = /boundary=(?:"([^"]{1,200})"|([^\s;,]{1,200}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) return tally.reading('other', whole);
  const side: Side = { user: undefined, password: false };
  const mark = `--${boundary}`;
  let parts = 0;
  let ended = false;
  for (let at = text.indexOf(mark); at >= 0 && parts < FIELDS_MAX; parts++) {
    const from = at + mark.length;
    ended = text.startsWith('--', from);
    if (ended) break;
    const next = text.indexOf(mark, from);
    takePart(text.slice(from, next < 0 ? text.length : next), side, tally);
    at = next;
  }
  settle(side, tally);
  return tally.reading('multipart', whole && ended);
}

function takePart(part: string, side: Side, tally: BodyTally): void {
  const split = part.indexOf('\r\n\r\n');
  if (split < 0) return;
  const head = part.slice(0, Math.min(split, 2000));
  const name = /content-disposition:[^\r\n]*?\bname="([^"\r\n]{1,200})"/i.exec(head)?.[1];
  if (name === undefined || /\bfilename\*?=/i.test(head)) return;
  take(side, tally, name, part.slice(split + 4, split + 404).replace(/\r\n$/, ''));
}

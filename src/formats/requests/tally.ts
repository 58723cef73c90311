// Counts what a body holds, within bounds, however long the body is.
import type { BodyKind, BodyReading } from '../../model/capture.ts';

/** How many of each are listed, and how long a text may be. The drop-in for PHP holds to the same. */
const CALLS_MAX = 12;
const USERS_MAX = 12;
const PINGBACKS_MAX = 4;
const FIELDS_MAX = 20;
const USER_MAX = 48;
const METHOD_MAX = 48;

export interface BodyTally {
  call(method: string): void;
  /** `user` absent: a name was given, but it is not known where it stands. */
  login(user: string | undefined): void;
  pingback(from: string, to: string): void;
  field(name: string): void;
  reading(body: BodyKind, whole: boolean): BodyReading;
}

export function bodyTally(): BodyTally {
  const calls = new Map<string, number>();
  const users = new Map<string, number>();
  const pingbacks = new Map<string, { from: string; to: string; count: number }>();
  const fields = new Set<string>();
  let moreCalls = 0;
  let logins = 0;
  let morePingbacks = 0;
  return {
    call(method) {
      if (!bump(calls, shortMethod(method), CALLS_MAX)) moreCalls++;
    },
    login(user) {
      logins++;
      if (user !== undefined) bump(users, shortUser(user), USERS_MAX);
    },
    pingback(from, to) {
      const one = { from: shortUrl(from), to: shortUrl(to), count: 1 };
      const key = `${one.from} ${one.to}`;
      const known = pingbacks.get(key);
      if (known) known.count++;
      else if (pingbacks.size < PINGBACKS_MAX) pingbacks.set(key, one);
      else morePingbacks++;
    },
    field(name) {
      if (fields.size < FIELDS_MAX) fields.add(name);
    },
    reading(body, whole) {
      return {
        body,
        whole,
        calls: [...calls].map(([name, count]) => ({ name, count })),
        moreCalls,
        logins,
        users: [...users].map(([name, count]) => ({ name, count })),
        pingbacks: [...pingbacks.values()],
        morePingbacks,
        fields: [...fields],
      };
    },
  };
}

function bump(map: Map<string, number>, key: string, max: number): boolean {
  const count = map.get(key);
  if (count === undefined && map.size >= max) return false;
  map.set(key, (count ?? 0) + 1);
  return true;
}

/** Names of methods are of these characters (the XML-RPC specification); anything else is not repeated. */
function shortMethod(method: string): string {
  return /^[A-Za-z0-9_.:/]+$/.test(method) ? method.slice(0, METHOD_MAX) : '(no method name)';
}

/** On one line, at most USER_MAX characters, none of them half. */
export function shortUser(user: string): string {
  const line = user.replace(/[\u0000-\u001f\u007f]+|\p{Cs}/gu, ' ').trim();
  return [...line].slice(0, USER_MAX).join('');
}

const URL_MAX = 120;

/** Scheme, host and path: what stands before the host's @ and behind ? can be a secret. Not a URL: not repeated. */
function shortUrl(text: string): string {
  const [, scheme, host, path = ''] = /^(https?):\/\/(?:[^/?#@]*@)?([^/?#@]+)([^?#]*)/i.exec(text.trim()) ?? [];
  if (scheme === undefined || host === undefined) return '(no URL)';
  return `${scheme.toLowerCase()}://${host.toLowerCase()}${path}`.replace(/[^\x21-\x7e]+/g, '?').slice(0, URL_MAX);
}

// All that one sender sent, counted: what it did, by its requests alone. Bounded, however many there are.
import type { BodyKind, CapturedRequest, NameCount } from '../../model/capture.ts';
import type { TimeSpan } from '../../model/time.ts';

export interface SenderTally {
  readonly address: string;
  requests: number;
  first: number | undefined;
  last: number | undefined;
  logins: number;
  /** Requests with a login; most logins in one. */
  loginRequests: number;
  mostLogins: number;
  readonly users: Map<string, number>;
  readonly loginMethods: Set<string>;
  accepted: number | undefined;
  refused: number | undefined;
  pingbacks: number;
  pingbackRequests: number;
  readonly victims: Map<string, number>;
  /** Requests that let PHP do nothing but start: no login, no pingback, no form of the site. */
  idle: number;
  readonly idleBodies: Map<string, number>;
  /** Requests with fields of forms, logins left out. */
  forms: number;
  marked: number;
  mark: { readonly mark: 'jetpack' | 'app'; readonly text: string } | undefined;
  heldMs: number;
  heldRequests: number;
  readonly methods: Map<string, number>;
  readonly paths: Map<string, number>;
  readonly bodies: Map<BodyKind, number>;
  readonly agents: Map<string, number>;
  readonly replyBytes: Map<number, number>;
}

const KEYS_MAX = 200;
/** Methods that any caller may call, and that do nothing for anybody. */
const IDLE_METHOD = /^(?:system\.(?:multicall|listMethods|getCapabilities|methodHelp)|demo\.)/;

export function senderTally(address: string): SenderTally {
  return {
    address,
    requests: 0,
    first: undefined,
    last: undefined,
    logins: 0,
    loginRequests: 0,
    mostLogins: 0,
    users: new Map(),
    loginMethods: new Set(),
    accepted: undefined,
    refused: undefined,
    pingbacks: 0,
    pingbackRequests: 0,
    victims: new Map(),
    idle: 0,
    idleBodies: new Map(),
    forms: 0,
    marked: 0,
    mark: undefined,
    heldMs: 0,
    heldRequests: 0,
    methods: new Map(),
    paths: new Map(),
    bodies: new Map(),
    agents: new Map(),
    replyBytes: new Map(),
  };
}

export function addRequest(to: SenderTally, request: CapturedRequest): void {
  const { at, reply } = request;
  to.requests++;
  if (at !== undefined) {
    to.first = Math.min(to.first ?? at, at);
    to.last = Math.max(to.last ?? at, at);
  }
  addLogins(to, request);
  const pingbacks = request.pingbacks.reduce((sum, { count }) => sum + count, request.morePingbacks);
  if (pingbacks > 0) {
    to.pingbacks += pingbacks;
    to.pingbackRequests++;
    for (const { from, count } of request.pingbacks) bump(to.victims, hostOf(from), count);
  }
  if (isIdle(request, pingbacks)) {
    to.idle++;
    bump(to.idleBodies, request.body, 1);
  } else if (request.fields.length > 0 && request.logins === 0) to.forms++;
  addMark(to, request);
  if (reply?.heldMs !== undefined) {
    to.heldMs += reply.heldMs;
    to.heldRequests++;
  }
  for (const { name, count } of request.calls) bump(to.methods, name, count);
  bump(to.paths, `${request.method} ${request.path}`, 1);
  bump(to.bodies, request.body, 1);
  if (request.agent !== undefined) bump(to.agents, request.agent, 1);
  const bytes = replyBytesOf(request);
  if (bytes !== undefined) bump(to.replyBytes, bytes, 1);
}

function addLogins(to: SenderTally, request: CapturedRequest): void {
  const { logins, users, calls, reply } = request;
  if (reply?.accepted !== undefined) to.accepted = (to.accepted ?? 0) + reply.accepted;
  if (reply?.refused !== undefined) to.refused = (to.refused ?? 0) + reply.refused;
  if (logins === 0) return;
  to.logins += logins;
  to.loginRequests++;
  to.mostLogins = Math.max(to.mostLogins, logins);
  for (const { name, count } of users) bump(to.users, name, count);
  for (const { name } of calls) {
    if (name !== 'system.multicall' && to.loginMethods.size < KEYS_MAX) to.loginMethods.add(name);
  }
}

/** A body that could not be seen can't be called idle. */
function isIdle(request: CapturedRequest, pingbacks: number): boolean {
  const { body, logins, calls, fields, marks, method } = request;
  if (logins > 0 || pingbacks > 0 || fields.length > 0 || body === 'unseen' || marks.includes('jetpack')) return false;
  if (body === 'xmlrpc') return calls.every(({ name }) => IDLE_METHOD.test(name));
  // Fields that are not known are a form of some plugin, and JSON a call of one.
  return (
    body !== 'form' &&
    body !== 'json' &&
    body !== 'multipart' &&
    !(body === 'empty' && method === 'GET' && !isXmlrpc(request))
  );
}

function isXmlrpc({ path }: CapturedRequest): boolean {
  return path.endsWith('/xmlrpc.php');
}

function addMark(to: SenderTally, { marks, agent = '', calls }: CapturedRequest): void {
  const app = /\bwp-(?:iphone|android)\/[\d.]+/i.exec(agent)?.[0];
  const jetpack = marks.includes('jetpack') || calls.some(({ name }) => name.startsWith('jetpack.'));
  if (!jetpack && app === undefined) return;
  to.marked++;
  to.mark ??= jetpack
    ? { mark: 'jetpack', text: marks.includes('jetpack') ? 'signature' : 'jetpack methods' }
    : { mark: 'app', text: app ?? '' };
}

/** The size that WordPress's reply has when the call fails, as nearly all of these do: docs/xmlrpc.md. */
export function replyBytesOf(request: CapturedRequest): number | undefined {
  const { body, calls, logins, whole } = request;
  if (!isXmlrpc(request) || request.method !== 'POST') return undefined;
  const called = calls.reduce((sum, { count }) => sum + count, request.moreCalls);
  if (body === 'empty' || body === 'other' || body === 'form' || (body === 'xmlrpc' && called === 0)) return 403;
  if (body !== 'xmlrpc' || !whole) return undefined;
  const [only] = calls;
  if (called === 1 && only?.name === 'pingback.ping') return 370;
  if (called === 1 && logins === 1) return 403;
  const multicall = calls.some(({ name, count }) => name === 'system.multicall' && count === 1);
  return multicall && logins > 0 && called === logins + 1 ? 187 + 214 * logins : undefined;
}

function hostOf(url: string): string {
  return /^https?:\/\/([^/]+)/.exec(url)?.[1] ?? url;
}

function bump<K>(map: Map<K, number>, key: K, count: number): void {
  const known = map.get(key);
  if (known !== undefined || map.size < KEYS_MAX) map.set(key, (known ?? 0) + count);
}

/** The largest first. */
export function ranked<K extends string>(map: ReadonlyMap<K, number>, max: number): { name: K; count: number }[] {
  return [...map]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, max)
    .map(([name, count]) => ({ name, count }));
}

/** Both, the largest first. */
export function merged(lists: readonly (readonly NameCount[])[], max: number): NameCount[] {
  const all = new Map<string, number>();
  for (const { name, count } of lists.flat()) all.set(name, (all.get(name) ?? 0) + count);
  return ranked(all, max);
}

export function spanOf({ first, last }: Pick<SenderTally, 'first' | 'last'>): { span?: TimeSpan } {
  return first === undefined || last === undefined ? {} : { span: { from: first, to: last } };
}

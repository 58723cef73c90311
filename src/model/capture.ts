// What a captured request was: what it asks for and who it claims to be, never what it knows. No password is in it, nor a trace of one.
import type { EpochMs } from './time.ts';

/** What kind of body it was. `unseen`: there was one, and it could not be looked at. */
export type BodyKind = 'empty' | 'xmlrpc' | 'form' | 'json' | 'multipart' | 'compressed' | 'other' | 'unseen';

export const BODY_KINDS: readonly BodyKind[] = [
  'empty',
  'xmlrpc',
  'form',
  'json',
  'multipart',
  'compressed',
  'other',
  'unseen',
];

export interface NameCount {
  readonly name: string;
  readonly count: number;
}

/** A pingback: whose page the server is told to fetch, and for which page of its own. Queries are left out. */
export interface PingbackCount {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** What a body holds, secrets left out. */
export interface BodyReading {
  readonly body: BodyKind;
  /** false: it ended early, broke off at damage, or was longer than what is looked at; the counts are then the least. */
  readonly whole: boolean;
  /** XML-RPC methods, those inside system.multicall too. */
  readonly calls: readonly NameCount[];
  /** Calls of methods that are not listed, because there were too many. */
  readonly moreCalls: number;
  /** Attempts to log in: how often a name and a password were given together. */
  readonly logins: number;
  /** By whom; a method that is not known, or a list that is too long, leaves logins without a name. */
  readonly users: readonly NameCount[];
  readonly pingbacks: readonly PingbackCount[];
  /** Pingbacks that are not listed. */
  readonly morePingbacks: number;
  /** Names of fields, those that are known alone. */
  readonly fields: readonly string[];
}

/** What marks the sender. Anybody can forge them, but for what a signature covers. */
export type RequestMark =
  /** Carries Jetpack's signature (that it is valid, WordPress alone can tell). */
  | 'jetpack'
  | 'authorization-basic'
  | 'authorization-other'
  | 'cookie'
  /** WordPress's own nonce, as its pages send it. */
  | 'nonce';

export const REQUEST_MARKS: readonly RequestMark[] = [
  'jetpack',
  'authorization-basic',
  'authorization-other',
  'cookie',
  'nonce',
];

/** How it was answered, as far as it was seen. */
export interface CapturedReply {
  readonly status?: number;
  /** Milliseconds that it held its PHP worker. */
  readonly heldMs?: number;
  /** Logins that WordPress accepted and refused; absent when nobody asked WordPress. */
  readonly accepted?: number;
  readonly refused?: number;
}

export interface CapturedRequest extends BodyReading {
  /** Absent when the capture has no time. */
  readonly at?: EpochMs;
  /** The peer's address, canonical. */
  readonly source: string;
  /** For whom proxies say that they forward, canonical, the nearest last, at most 4: to be believed only from proxies that are known. */
  readonly forwarded?: readonly string[];
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly host?: string;
  readonly agent?: string;
  readonly contentType?: string;
  readonly marks: readonly RequestMark[];
  /** Bytes of the body as it was announced or came. */
  readonly bodyBytes?: number;
  readonly reply?: CapturedReply;
}

// What one client sends over one connection -> its HTTP/1 requests with their bodies (RFC 9112), kept alive or not.

import { BODY_MAX } from './body.ts';
import { type ChunkedReader, chunkedReader } from './chunked.ts';

export interface RawRequest {
  /** Epoch ms of the first byte; absent when the capture has no time. */
  readonly at: number | undefined;
  readonly method: string;
  readonly target: string;
  /** Names in lower case; of a repeated header the values joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** At most BODY_MAX bytes, chunks joined. */
  readonly body: Uint8Array;
  /** Bytes of the body that came. */
  readonly bodyBytes: number;
  /** false: it broke off. */
  readonly whole: boolean;
}

export interface HttpStream {
  /** `at` as above, of these bytes. */
  feed(bytes: Uint8Array, at: number | undefined): void;
  /** Bytes are missing here: what was begun is told as far as it came. */
  gap(): void;
  /** Nothing more comes. */
  end(): void;
  /** Bytes that are held. */
  held(): number;
}

const HEAD_MAX = 65_536;
const HEADERS_MAX = 100;
const REQUEST_LINE = /^([A-Z]{3,16}) (\S{1,8192}) HTTP\/1\.[01]$/;
/** Enough to see that no other thing is meant. */
const LINE_BEGIN = /^[A-Z]{3,16} \S/;

interface Begun {
  readonly at: number | undefined;
  readonly method: string;
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly parts: Uint8Array[];
  kept: number;
  bodyBytes: number;
  /** Bytes of the body that are still to come; absent where chunks tell. */
  left: number | undefined;
  readonly chunks: ChunkedReader | undefined;
  readonly waits: boolean;
}

/** Never throws. Holds one head or one body at a time. */
export function httpStream(tell: (request: RawRequest) => void): HttpStream {
  let head: Uint8Array = new Uint8Array(0);
  let headAt: number | undefined;
  let begun: Begun | undefined;
  /** Not at the beginning of a request: only a packet that begins with a request line finds it again. */
  let lost = false;

  function finish(whole: boolean): void {
    if (!begun) return;
    const { at, method, target, headers, parts, bodyBytes } = begun;
    begun = undefined;
    tell({ at, method, target, headers, body: Buffer.concat(parts), bodyBytes, whole });
  }

  function keep(to: Begun, bytes: Uint8Array): void {
    to.bodyBytes += bytes.length;
    const room = bytes.subarray(0, Math.max(0, BODY_MAX + 1 - to.kept));
    if (room.length === 0) return;
    to.parts.push(room.slice());
    to.kept += room.length;
  }

  function body(to: Begun, bytes: Uint8Array): Uint8Array {
    if (to.waits && to.bodyBytes === 0 && beginsRequest(bytes)) {
      // It asked whether to send the body (Expect: 100-continue), was told no, and went on.
      finish(false);
      return bytes;
    }
    if (to.chunks) {
      const { used, state } = to.chunks.feed(bytes, (part) => keep(to, part));
      if (state === 'more') return new Uint8Array(0);
      finish(state === 'done');
      lost = state === 'damaged';
      return bytes.subarray(used);
    }
    const left = to.left ?? 0;
    const part = bytes.subarray(0, left);
    keep(to, part);
    to.left = left - part.length;
    if (to.left === 0) finish(true);
    return bytes.subarray(part.length);
  }

  function headOf(bytes: Uint8Array, at: number | undefined): Uint8Array {
    if (head.length === 0) {
      // Empty lines between requests are allowed (RFC 9112, 2.2).
      const from = bytes.findIndex((byte) => byte !== 13 && byte !== 10);
      if (from < 0) return new Uint8Array(0);
      if (!couldBegin(bytes.subarray(from))) {
        lost = true;
        return new Uint8Array(0);
      }
      headAt = at;
      head = bytes.slice(from);
    } else head = Buffer.concat([head, bytes]);
    const [end, next] = headEnd(head);
    if (end < 0) {
      if (head.length > HEAD_MAX) {
        lost = true;
        head = new Uint8Array(0);
      }
      return new Uint8Array(0);
    }
    const rest = head.subarray(next);
    begun = begin(Buffer.from(head.subarray(0, end)).toString('latin1'), headAt);
    head = new Uint8Array(0);
    if (!begun) lost = true;
    else if (!begun.chunks && begun.left === 0) finish(true);
    return rest;
  }

  return {
    feed(bytes, at) {
      let rest = bytes;
      if (lost) {
        if (!beginsRequest(rest)) return;
        lost = false;
      }
      while (rest.length > 0 && !lost) rest = begun ? body(begun, rest) : headOf(rest, at);
    },
    gap() {
      finish(false);
      head = new Uint8Array(0);
      lost = true;
    },
    end() {
      finish(false);
      head = new Uint8Array(0);
    },
    held: () => head.length + (begun?.kept ?? 0),
  };
}

function beginsRequest(bytes: Uint8Array): boolean {
  return LINE_BEGIN.test(Buffer.from(bytes.subarray(0, 24)).toString('latin1'));
}

/** As far as it is there: a method can be cut by the end of a packet. */
function couldBegin(bytes: Uint8Array): boolean {
  return /^[A-Z]{1,16}(?: |$)/.test(Buffer.from(bytes.subarray(0, 17)).toString('latin1'));
}

/** Where the head ends and the body begins: an empty line, with or without carriage returns. */
function headEnd(bytes: Uint8Array): [end: number, next: number] {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return [at, at + 2];
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return [at, at + 3];
  }
  return [-1, -1];
}

function begin(text: string, at: number | undefined): Begun | undefined {
  const lines = text.replace(/\r$/, '').split(/\r?\n/, HEADERS_MAX + 1);
  const [, method, target] = REQUEST_LINE.exec(lines[0] ?? '') ?? [];
  if (method === undefined || target === undefined) return undefined;
  const headers = new Map<string, string>();
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  const chunked = /\bchunked\s*$/i.test(headers.get('transfer-encoding') ?? '');
  const length = /^\d{1,15}/.exec(headers.get('content-length') ?? '')?.[0];
  return {
    at,
    method,
    target,
    headers,
    parts: [],
    kept: 0,
    bodyBytes: 0,
    left: chunked ? undefined : Number(length ?? 0),
    chunks: chunked ? chunkedReader() : undefined,
    waits: /100-continue/i.test(headers.get('expect') ?? ''),
  };
}

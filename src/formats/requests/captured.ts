// A raw HTTP request -> what is kept of it: known headers, marks, and the reading of its body. Never a value that could be secret.
import { canonicalAddress } from '../../model/address.ts';
import type { CapturedRequest, RequestMark } from '../../model/capture.ts';
import { readBody } from './body.ts';
import type { RawRequest } from './http-stream.ts';
import { shortUser } from './tally.ts';

const TEXT_MAX = 160;

/** @param source the peer's canonical address */
export function capturedRequest(raw: RawRequest, source: string): CapturedRequest {
  const { headers, target, method, at } = raw;
  const { path, query } = targetParts(target);
  const contentType = headers.get('content-type');
  const announced = /^\d{1,15}$/.exec(headers.get('content-length') ?? '')?.[0];
  const login = basicUser(headers.get('authorization'));
  const reading = readBody({
    bytes: raw.body,
    whole: raw.whole,
    contentType,
    contentEncoding: headers.get('content-encoding'),
  });
  const forwarded = forwardedFor(headers);
  return {
    ...reading,
    ...(login !== undefined && {
      logins: reading.logins + 1,
      users: [{ name: login, count: 1 }, ...reading.users].slice(0, 12),
    }),
    ...(at !== undefined && { at }),
    source,
    ...(forwarded !== undefined && { forwarded }),
    method,
    path,
    ...textIf('host', headers.get('host')),
    ...textIf('agent', headers.get('user-agent')),
    ...textIf('contentType', contentType?.split(';')[0]),
    marks: marksOf(headers, query),
    bodyBytes: Math.max(raw.bodyBytes, Number(announced ?? 0)),
  };
}

function textIf<K extends string>(key: K, value: string | undefined): { readonly [key in K]?: string } {
  if (value === undefined || value === '') return {};
  return { [key]: value.replace(/[^\x20-\x7e]+/g, '?').slice(0, TEXT_MAX) } as { readonly [key in K]?: string };
}

/** Path and query of a request target (RFC 9112, 3.2), the path in plain characters. */
function targetParts(target: string): { readonly path: string; readonly query: string } {
  const inOrigin = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = inOrigin.indexOf('?');
  const path = (mark < 0 ? inOrigin : inOrigin.slice(0, mark)) || '/';
  return {
    path: path.replace(/[^\x21-\x7e]+/g, '?').slice(0, TEXT_MAX),
    query: mark < 0 ? '' : inOrigin.slice(mark + 1, mark + 2000),
  };
}

function marksOf(headers: ReadonlyMap<string, string>, query: string): RequestMark[] {
  const marks: RequestMark[] = [];
  const authorization = headers.get('authorization') ?? '';
  const signed = /(?:^|&)signature=[^&]/.test(query) && /(?:^|&)token=[^&]/.test(query);
  if (/^X_JP_Auth\s/i.test(authorization) || (signed && /(?:^|&)for=jetpack(?:&|$)/.test(query))) marks.push('jetpack');
  else if (/^basic\s/i.test(authorization)) marks.push('authorization-basic');
  else if (authorization !== '') marks.push('authorization-other');
  if (headers.has('cookie')) marks.push('cookie');
  if (headers.has('x-wp-nonce')) marks.push('nonce');
  return marks;
}

/** The user of Basic authentication (RFC 7617): an application password at the REST interface. */
function basicUser(authorization: string | undefined): string | undefined {
  const coded = /^basic\s+([A-Za-z0-9+/=_-]{1,2000})\s*$/i.exec(authorization ?? '')?.[1];
  if (coded === undefined) return undefined;
  const text = Buffer.from(coded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon > 0 ? shortUser(text.slice(0, colon)) : undefined;
}

/** The last addresses of X-Forwarded-For: each proxy adds whom it saw behind what it was told. */
function forwardedFor(headers: ReadonlyMap<string, string>): string[] | undefined {
  const named = headers.get('x-forwarded-for')?.split(',').slice(-4);
  const addresses = named?.flatMap((text) => canonicalAddress(text.trim()) ?? []) ?? [];
  return addresses.length > 0 ? addresses : undefined;
}

// The body of a request -> what it holds: by its content first, for attackers write into Content-Type what they like.
import { gunzipSync, inflateSync } from 'node:zlib';
import type { BodyReading } from '../../model/capture.ts';
import { readFormBody, readJsonBody, readMultipartBody } from './fields-body.ts';
import { bodyTally } from './tally.ts';
import { readXmlrpcBody } from './xmlrpc-body.ts';

/** More of a body is not looked at. A multicall of 1,000 guesses has about 400 kB. */
export const BODY_MAX = 1 << 20;

export interface RawBody {
  readonly bytes: Uint8Array;
  /** false: there was more than these bytes. */
  readonly whole: boolean;
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
}

/** Never throws, whatever the bytes. */
export function readBody(raw: RawBody): BodyReading {
  const { contentType = '', contentEncoding = '' } = raw;
  const whole = raw.whole && raw.bytes.length <= BODY_MAX;
  if (raw.bytes.length === 0) return bodyTally().reading(whole ? 'empty' : 'unseen', whole);
  if (/^\s*(?:x-)?(?:gzip|deflate)\s*$/i.test(contentEncoding)) return readCompressed(raw.bytes, contentType, whole);
  const text = Buffer.from(raw.bytes.subarray(0, BODY_MAX)).toString('utf8');
  const begin = text.slice(0, 400).trimStart();
  if (looksLikeXmlrpc(begin)) {
    const reading = readXmlrpcBody(text.trim());
    return whole ? reading : { ...reading, whole: false };
  }
  if (/^\s*multipart\/form-data\b/i.test(contentType)) return readMultipartBody(text, contentType, whole);
  if (/^[[{]/.test(begin)) return readJsonBody(text, whole);
  const form = readFormBody(text, whole);
  if (form.fields.length > 0 || isForm(contentType, text)) return form;
  return bodyTally().reading('other', whole);
}

function looksLikeXmlrpc(begin: string): boolean {
  return /^(?:\ufeff)?(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?(?:<!DOCTYPE[^>]*>\s*)?<methodCall[\s/>]/i.test(begin);
}

/** Names and values joined by =, as forms are: what says to be a form need not be one. */
function isForm(contentType: string, text: string): boolean {
  return /^\s*application\/x-www-form-urlencoded\b/i.test(contentType) && /^[^=&\s<{]{1,100}=/.test(text);
}

/** PHP and WordPress don't unpack requests, so such a body does nothing there; what is inside is told all the same. */
function readCompressed(bytes: Uint8Array, contentType: string, whole: boolean): BodyReading {
  for (const unpack of [gunzipSync, inflateSync]) {
    try {
      const inner = unpack(bytes.subarray(0, BODY_MAX), { maxOutputLength: BODY_MAX });
      return { ...readBody({ bytes: inner, whole, contentType }), body: 'compressed' };
    } catch {
      // Not of this kind, cut, or far too large unpacked.
    }
  }
  return bodyTally().reading('compressed', false);
}

// What the drop-in noted, line by line -> requests with their replies. The site's own user could have written it: nothing is believed.
import { z } from 'zod';
import { canonicalAddress } from '../../model/address.ts';
import {
  BODY_KINDS,
  type BodyKind,
  type CapturedReply,
  type CapturedRequest,
  REQUEST_MARKS,
  type RequestMark,
} from '../../model/capture.ts';

const LINE_MAX = 16_384;
const REQUESTS_MAX = 100_000;

const whole = z.number().min(0).max(1e15).transform(Math.round);
const text = z.string().max(400);
const counts = z.array(z.object({ name: text, count: whole })).max(20);

const REQUEST = z.object({
  k: z.literal('request'),
  id: z.string().max(40),
  at: whole,
  source: z.string().max(64),
  forwarded: z.array(z.string().max(64)).max(4).optional(),
  method: text,
  path: text,
  host: text.optional(),
  agent: text.optional(),
  contentType: text.optional(),
  bodyBytes: whole,
  body: z.enum(BODY_KINDS as [BodyKind, ...BodyKind[]]),
  whole: z.boolean(),
  calls: counts,
  moreCalls: whole,
  logins: whole,
  users: counts,
  pingbacks: z.array(z.object({ from: text, to: text, count: whole })).max(20),
  morePingbacks: whole,
  fields: z.array(text).max(40),
  marks: z.array(z.enum(REQUEST_MARKS as [RequestMark, ...RequestMark[]])).max(10),
});

const REPLY = z.object({
  k: z.literal('reply'),
  id: z.string().max(40),
  status: z.number().int().min(0).max(999),
  heldMs: whole,
  accepted: whole.optional(),
  refused: whole.optional(),
});

const LINE = z.discriminatedUnion('k', [REQUEST, REPLY]);

export interface ReadNotes {
  /** In the order in which they came. */
  readonly requests: readonly CapturedRequest[];
  /** Lines that are none of the drop-in's, or cut. */
  readonly unreadable: number;
}

/** Never throws. */
export function readNotes(lines: string): ReadNotes {
  const requests = new Map<string, CapturedRequest>();
  const replies = new Map<string, CapturedReply>();
  let unreadable = 0;
  for (const line of lines.split('\n')) {
    if (line.trim() === '') continue;
    const read = requests.size < REQUESTS_MAX ? lineOf(line) : undefined;
    if (!read) unreadable++;
    else if (read.k === 'reply') replies.set(read.id, replyOf(read));
    else {
      const request = requestOf(read);
      if (request) requests.set(read.id, request);
      else unreadable++;
    }
  }
  const joined = [...requests].map(([id, request]) => {
    const reply = replies.get(id);
    return reply ? { ...request, reply } : request;
  });
  return { requests: joined.sort((a, b) => (a.at ?? 0) - (b.at ?? 0)), unreadable };
}

function lineOf(line: string): z.infer<typeof LINE> | undefined {
  if (line.length > LINE_MAX) return undefined;
  try {
    return LINE.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function requestOf(read: z.infer<typeof REQUEST>): CapturedRequest | undefined {
  const { k: _, id: __, source, forwarded, host, agent, contentType, ...rest } = read;
  const peer = canonicalAddress(source);
  if (peer === undefined) return undefined;
  const behind = forwarded?.flatMap((address) => canonicalAddress(address) ?? []) ?? [];
  return {
    ...rest,
    source: peer,
    ...(behind.length > 0 && { forwarded: behind }),
    ...(host !== undefined && { host }),
    ...(agent !== undefined && { agent }),
    ...(contentType !== undefined && { contentType }),
  };
}

function replyOf({ status, heldMs, accepted, refused }: z.infer<typeof REPLY>): CapturedReply {
  return {
    ...(status > 0 && { status }),
    heldMs,
    ...(accepted !== undefined && { accepted }),
    ...(refused !== undefined && { refused }),
  };
}

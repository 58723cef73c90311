// The JSON report of a capture: the types, the check and docs/capture.schema.json all come from here.
import { z } from 'zod';
import { BODY_KINDS, type BodyKind, REQUEST_MARKS, type RequestMark } from '../model/capture.ts';
import { CAPTURE_KINDS, type CaptureFindings, type CaptureSender, SENDER_KINDS } from '../model/capture-verdict.ts';
import type { TimeSpan } from '../model/time.ts';
import { iso } from './text/clock.ts';
import { captureSentence, reasonSentence, wayLines } from './words/capture.ts';

const time = z.iso.datetime({ precision: 3 }).meta({ id: 'Time', description: 'UTC, ISO 8601 with milliseconds' });
const whole = z.number().int().min(0);
const share = z.number().min(0).max(1);
const names = z
  .array(z.object({ name: z.string(), count: whole }))
  .describe('The most first. Hostile: escape names before you show them');
const span = z.object({ from: time, to: time });
const body = z.enum(BODY_KINDS as [BodyKind, ...BodyKind[]]);

const sender = z.object({
  address: z.string(),
  kind: z.enum(SENDER_KINDS),
  sureness: share.describe('(k + 1) / (n + 2), where k of n requests show it'),
  requests: whole,
  span: span.optional(),
  logins: whole.describe('A name and a password together, those inside system.multicall too'),
  users: names,
  accepted: whole.optional().describe("WordPress's own word; absent where it was not asked"),
  refused: whole.optional(),
  pingbacks: whole,
  victims: names,
  methods: names,
  paths: names,
  bodies: names,
  agents: names,
  replyBytes: z.array(whole).describe("Body bytes of WordPress's replies, as the access log has them"),
  reasons: z.array(z.string()),
});

const request = z.object({
  at: time.optional(),
  source: z.string(),
  method: z.string(),
  path: z.string(),
  agent: z.string().optional(),
  contentType: z.string().optional(),
  bodyBytes: z.number().min(0).optional(),
  body,
  whole: z.boolean().describe('false: it broke off or was too long, so the counts are the least'),
  calls: names,
  logins: whole,
  users: names,
  pingbacks: z.array(z.object({ from: z.string(), to: z.string(), count: whole })),
  fields: z.array(z.string()),
  marks: z.array(z.enum(REQUEST_MARKS as [RequestMark, ...RequestMark[]])),
  status: whole.optional(),
  heldMs: z.number().min(0).optional(),
});

const captureSchema = z
  .object({
    schema: z.literal('seawall-capture/1'),
    readAt: time,
    kind: z.enum(CAPTURE_KINDS),
    sureness: share,
    sentence: z.string(),
    requests: whole,
    span: span.optional(),
    byKind: z.record(z.enum(SENDER_KINDS), whole).describe('Requests by what their senders are'),
    users: names.describe('Accounts that were tried by those who guess'),
    logins: whole,
    victims: names.describe('Hosts that the site was made to call'),
    pingbacks: whole,
    letIn: z.array(z.string()).describe('Guessing senders of whom WordPress accepted a login'),
    senders: z.array(sender),
    moreSenders: whole,
    examples: z.array(request),
    way: z.object({ kind: z.enum(['drop-in', 'packets']), lines: z.array(z.string()), span: span.optional() }),
    notes: z.array(z.string()),
    kept: z.string().describe('What is kept of it on the host'),
  })
  .describe('What captured requests turned out to be. No password is in it');

export type CaptureData = z.infer<typeof captureSchema>;

/** The report as data that passes the schema. */
export function captureData(findings: CaptureFindings): CaptureData {
  const { verdict, way, examples, notes, kept } = findings;
  return {
    schema: 'seawall-capture/1',
    readAt: iso(findings.readAt),
    kind: verdict.kind,
    sureness: verdict.sureness,
    sentence: captureSentence(findings),
    requests: verdict.requests,
    ...spanData(verdict.span),
    byKind: { ...verdict.byKind },
    users: [...verdict.users],
    logins: verdict.logins,
    victims: [...verdict.victims],
    pingbacks: verdict.pingbacks,
    letIn: [...verdict.letIn],
    senders: verdict.senders.map(senderData),
    moreSenders: verdict.moreSenders,
    examples: examples.map(({ at, source, method, path, agent, contentType, bodyBytes, reply, ...rest }) => ({
      ...(at !== undefined && { at: iso(at) }),
      source,
      method,
      path,
      ...(agent !== undefined && { agent }),
      ...(contentType !== undefined && { contentType }),
      ...(bodyBytes !== undefined && { bodyBytes }),
      body: rest.body,
      whole: rest.whole,
      calls: [...rest.calls],
      logins: rest.logins,
      users: [...rest.users],
      pingbacks: [...rest.pingbacks],
      fields: [...rest.fields],
      marks: [...rest.marks],
      ...(reply?.status !== undefined && { status: reply.status }),
      ...(reply?.heldMs !== undefined && { heldMs: reply.heldMs }),
    })),
    way: { kind: way.kind, lines: [...wayLines(findings)], ...(way.kind === 'drop-in' && spanData(way.span)) },
    notes: [...notes],
    kept,
  };
}

function senderData({ span: during, accepted, refused, ...sender }: CaptureSender): CaptureData['senders'][number] {
  return {
    ...sender,
    ...spanData(during),
    ...(accepted !== undefined && { accepted }),
    ...(refused !== undefined && { refused }),
    users: [...sender.users],
    victims: [...sender.victims],
    methods: [...sender.methods],
    paths: [...sender.paths],
    bodies: [...sender.bodies],
    agents: [...sender.agents],
    replyBytes: [...sender.replyBytes],
    reasons: sender.reasons.map(reasonSentence),
  };
}

function spanData(during: TimeSpan | undefined): { span?: { from: string; to: string } } {
  return during ? { span: { from: iso(during.from), to: iso(during.to) } } : {};
}

/** The JSON Schema (2020-12) as it stands in docs/capture.schema.json. */
export function captureSchemaText(): string {
  const schema = { title: 'seawall-capture/1', ...z.toJSONSchema(captureSchema) };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

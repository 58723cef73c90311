// The schema of the JSON report on traffic: the types, the check and docs/traffic.schema.json all come from here.
import { z } from 'zod';
import { DIMENSIONS } from '../model/traffic-query.ts';

const time = z.iso.datetime({ precision: 3 }).meta({ id: 'Time', description: 'UTC, ISO 8601 with milliseconds' });
const share = z.number().min(0).max(1).meta({ id: 'Share', description: '0 to 1' });
const whole = z.number().int().min(0);
const amount = z.number().min(0);
const dimension = z.enum(DIMENSIONS).meta({ id: 'Dimension' });

const tally = {
  requests: whole,
  dynamic: whole.describe('Requests that reach a worker of the application, judged by their path'),
  workerSeconds: amount.describe('How it is known, timing says'),
  bytes: amount,
  ok: whole,
  redirected: whole,
  refused: whole.describe('4xx'),
  failed: whole.describe('5xx'),
  notFound: whole,
  clientTimeouts: whole.describe('408'),
  gaveUp: whole.describe('499'),
  first: time.optional(),
  last: time.optional(),
};

const owner = z
  .object({
    asn: whole,
    name: z.string(),
    country: z.string().optional().describe('Where the block is registered, not where the machine stands'),
  })
  .meta({ id: 'Owner' });

const row = z
  .object({
    key: z.array(z.string()).describe('One for each of by. Hostile: escape it before you show it'),
    ...tally,
    costShare: share.describe('Of all worker time'),
    requestShare: share,
    addresses: whole.optional().describe('Different ones, estimated when they are many'),
    owner: owner.optional(),
  })
  .meta({ id: 'Row' });

const table = z
  .object({
    by: z.array(dimension),
    rows: z.array(row).describe('The costliest first; as many as --top'),
    total: whole.describe('Rows that are known'),
    folded: amount.describe('Weight (requests and worker-seconds) of what is not among them: the table is bounded'),
    errorBound: amount.describe('So much weight each row may lack, and so much whatever is not listed may have'),
  })
  .meta({ id: 'Table' });

const robot = z.object({
  robot: z.string().describe('As its user agent declares it: a claim. Hostile'),
  proof: z
    .enum(['address', 'name', 'refuted', 'none', 'no-way'])
    .describe(
      "address: in its owner's published networks; name: by reverse and forward DNS; refuted: DNS says otherwise; none: not proved; no-way: nothing is known to prove it by",
    ),
  by: z.string().optional().describe('The owner or the domain that proves it'),
  addresses: whole,
  examples: z.array(z.string()),
  ...tally,
  costShare: share,
  requestShare: share,
});

export const trafficSchema = z
  .object({
    schema: z.literal('seawall-traffic/1'),
    readAt: time,
    zone: z.object({ name: z.string(), assumed: z.boolean() }).describe('Of the logs; all times here are UTC'),
    total: z.object({ ...tally, addresses: whole.describe('Different ones, estimated when they are many') }),
    timing: z
      .object({ logged: whole, fromOrder: whole, estimated: whole })
      .describe('How worker time is known, in requests to the application'),
    bytes: z.enum(['body', 'wire', 'unknown']).describe('What bytes count: bodies, or headers as well'),
    filtered: whole.describe('Requests that the filters left out'),
    undated: whole,
    slices: z.array(
      z.object({
        from: time,
        seconds: amount,
        requests: whole,
        failed: whole,
        workerSeconds: amount,
        addresses: whole,
      }),
    ),
    tables: z.array(table).describe('The one of --by, else sources, networks, endpoints, agents, and the rest'),
    robots: z.array(robot),
    proxies: z.array(z.object({ address: z.string(), requests: whole, why: z.string() })),
    hiddenBehind: z.array(z.object({ address: z.string(), requests: whole, why: z.string() })),
    logs: z.array(
      z.object({
        path: z.string(),
        title: z.string(),
        bytes: amount,
        lines: whole,
        unreadable: whole,
        firstUnreadable: z.string().optional(),
        engine: z.enum(['kernel', 'reference']).optional(),
        engineNote: z.string().optional(),
        notes: z.array(z.string()),
      }),
    ),
    notRecognised: z.array(z.object({ path: z.string(), reason: z.string(), firstLine: z.string().optional() })),
    ownersFrom: z
      .object({ date: z.string(), attribution: z.string() })
      .optional()
      .describe('Show it wherever you show an owner'),
  })
  .describe('What access logs say of the traffic of a web server');

const liveRow = z
  .object({
    key: z.string().describe('Hostile: escape it before you show it'),
    requests: whole,
    failed: whole,
    refused: whole,
    bytes: amount,
    workerSeconds: amount,
    costShare: share,
  })
  .meta({ id: 'LiveRow' });

export const liveSchema = z
  .object({
    schema: z.literal('seawall-traffic-live/1'),
    at: time,
    perSecond: z
      .object({ requests: amount, failed: amount, workerSeconds: amount })
      .describe('Over the last ten seconds, by when lines were read'),
    window: z.object({
      seconds: whole.describe('What the window covers: a minute, less at the beginning'),
      requests: whole,
      failed: whole,
      bytes: amount,
      workerSeconds: amount,
      addresses: whole,
    }),
    sources: z.array(liveRow).describe('The costliest of the window first, as many as --top'),
    endpoints: z.array(liveRow),
    agents: z.array(liveRow),
    logs: z.array(
      z.object({
        path: z.string(),
        title: z.string().optional().describe('The format, once it is recognised'),
        unreadable: whole,
        trouble: z.string().optional(),
      }),
    ),
  })
  .describe('One tick of seawall traffic --follow --json: an object a line');

/** The JSON report on traffic. */
export type TrafficData = z.infer<typeof trafficSchema>;

/** One tick of it, live. */
export type LiveData = z.infer<typeof liveSchema>;

/** The JSON Schema (2020-12) as it stands in docs/traffic.schema.json: the report, or a tick of --follow. */
export function trafficSchemaText(): string {
  const schema = { title: 'seawall-traffic/1', ...z.toJSONSchema(z.union([trafficSchema, liveSchema])) };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

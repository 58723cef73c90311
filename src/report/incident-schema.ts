// The JSON report's schema: the types, the check and docs/incident.schema.json all come from here.
import { z } from 'zod';
import { SYMPTOM_IDS } from '../model/symptom.ts';
import { CAUSES } from '../model/verdict.ts';

const time = z.iso.datetime({ precision: 3 }).meta({ id: 'Time', description: 'UTC, ISO 8601 with milliseconds' });
const share = z.number().min(0).max(1).meta({ id: 'Share', description: '0 to 1' });
const whole = z.number().int().min(0);

const evidence = z
  .object({
    file: z.string().describe('Path as it was given, or the command that printed the line'),
    line: whole.describe('Counted from 1; in a binary file the number of the record'),
    text: z.string().describe('As it stands in the file, cut at 400 characters. Hostile: escape it before you show it'),
  })
  .meta({ id: 'Evidence', description: 'Where a fact can be looked up' });

const symptomId = z.enum(SYMPTOM_IDS).meta({ id: 'SymptomId' });
const cause = z.enum(CAUSES).meta({ id: 'Cause' });

const span = z.object({ from: time, to: time }).meta({ id: 'Span' });

const measured = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.string()),
  z.array(evidence),
  z.record(z.string(), z.number()),
]);

const symptom = z.object({
  id: symptomId,
  from: time,
  to: time,
  certainty: z.enum(['observed', 'inferred']).describe('inferred: concluded from other facts, not said by a source'),
  sentence: z.string(),
  measure: z
    .record(z.string(), measured)
    .describe('Figures by name; shares are 0 to 1, names that end in Kb are kB, in S seconds, in Ms milliseconds'),
  evidence: z.array(evidence),
});

const link = z.object({
  symptom: symptomId,
  from: time,
  to: time,
  certainty: z.enum(['observed', 'inferred']),
  sentence: z.string(),
  after: whole.optional().describe('Index in the chain of the link that it follows from; absent for the first'),
  because: z.string().optional().describe('Why it follows: the rule and the arithmetic'),
  evidence: z.array(evidence),
});

const verdict = z.object({
  cause,
  title: z.string(),
  confidence: share,
  compromised: z.enum(['no', 'possible', 'unknown']).describe('Whether a guessed password was accepted'),
  warning: z.string().optional().describe('Present when compromised is possible: say it before all else'),
  compromiseEvidence: z.array(evidence),
  sentence: z.string().describe('What a client could be told; it begins with the warning when there is one'),
  span: span.optional().describe('When it happened'),
  remarks: z.array(z.string()),
  chain: z.array(link),
  rivals: z.array(z.object({ cause, score: share, lost: z.string() })),
  missing: z.array(z.object({ what: z.string(), command: z.string() })),
});

const culprit = z.object({
  kind: z.enum(['address', 'network', 'process', 'service']),
  id: z.string(),
  share: share.describe('Share of the cost: worker-seconds for traffic, memory for a process'),
  requests: z.number().min(0).optional(),
  workerSeconds: z.number().min(0).optional(),
  facts: z.array(z.string()),
});

const moment = z.object({
  at: time,
  until: time.optional(),
  count: whole.optional().describe('How many it stands for, when more than one'),
  kind: z.string().describe('The kind of event: killed, started, limit ...; or "symptom"'),
  symptom: symptomId.optional(),
  text: z.string(),
  evidence: evidence.optional(),
});

const remedy = z.object({
  kind: z.string(),
  plan: z
    .record(z.string(), z.union([z.string(), z.number(), z.array(z.string())]))
    .describe('All parameters of the remedy'),
  title: z.string(),
  commands: z.array(z.string()),
  undo: z.array(z.string()),
  reach: z
    .object({
      requests: z.number().min(0),
      costShare: share,
      bystanders: z.array(z.string()),
      bystanderCount: z.number().min(0),
    })
    .optional()
    .describe('Whom else it would have hit in the recorded traffic'),
});

const holder = z.object({
  id: z.string().describe('An address'),
  atOnce: whole.describe('Requests at once, at most'),
  requests: whole.describe('Different requests that were seen'),
  share: share.describe('Of the time of all requests in flight'),
  workerSeconds: z.number().min(0),
  oldestS: z.number().min(0),
  perS: z.number().min(0),
  endpoint: z.string().optional().describe('What most of them ask for. Hostile'),
});

const inFlight = z.object({
  at: time.describe('When anything was last seen in flight'),
  seenBy: z.enum(['cgi', 'fpm', 'apache', 'socket']),
  last: whole.describe('Requests in flight then'),
  peak: whole,
  medianS: z.number().min(0).describe('Age of the median request at the peak'),
  addresses: whole,
  holders: z.array(holder).describe('Heaviest first, at most 20'),
});

const source = z.object({
  path: z.string(),
  format: z.string(),
  title: z.string(),
  bytes: z.number().min(0),
  lines: z.number().min(0),
  unreadable: z.number().min(0),
  firstUnreadable: z.string().optional(),
  span: span.optional(),
  notes: z.array(z.string()),
  engine: z.enum(['kernel', 'reference']).optional().describe('What read it, where there is a choice'),
  engineNote: z.string().optional().describe('Why it was that one'),
});

const host = z.object({
  name: z.string().optional(),
  cpus: z.number().optional(),
  memTotalKb: z.number().optional(),
  swapTotalKb: z.number().optional(),
  zone: z.object({ name: z.string(), assumed: z.boolean() }),
});

export const incidentSchema = z
  .object({
    schema: z.literal('seawall-incident/1'),
    readAt: time.describe('When the evidence was read'),
    host,
    span: span.optional().describe('The time that the evidence covers'),
    verdict,
    culprits: z.array(culprit),
    inFlight: inFlight
      .optional()
      .describe('Who holds the workers, before any log has it; of a live host or its samples'),
    symptoms: z.array(symptom),
    timeline: z.array(moment),
    remedies: z.array(remedy),
    sources: z.array(source),
    notRecognised: z.array(z.object({ path: z.string(), reason: z.string(), firstLine: z.string().optional() })),
    assumptions: z.array(z.string()),
  })
  .describe('What Seawall found out about one incident');

/** The JSON report. */
export type Incident = z.infer<typeof incidentSchema>;

/** The JSON Schema (2020-12) as it stands in docs/incident.schema.json. */
export function incidentSchemaText(): string {
  const schema = { title: 'seawall-incident/1', ...z.toJSONSchema(incidentSchema) };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

// The schema of what `seawall respond --json` prints: the types, the check and docs/response.schema.json all come from here.
import { z } from 'zod';
import { STAGES } from '../model/response.ts';
import { incidentSchema } from './incident-schema.ts';

const time = z.iso.datetime({ precision: 3 });
const whole = z.number().int().min(0);

const step = z.object({
  round: z.number().int().min(1).describe('When the trouble went on after all steps, it was diagnosed again'),
  stage: z.enum(STAGES),
  kind: z.string().describe('The kind of remedy'),
  reason: z.string(),
  title: z.string().optional().describe('What it does on this host; absent when it may not or need not be done'),
  changes: z.array(z.string()).optional().describe('Exactly what is run and written, a line each'),
  notes: z.array(z.string()).optional(),
  outcome: z
    .enum(['done', 'unproved', 'failed', 'refused', 'unneeded', 'declined', 'planned'])
    .describe('unproved: it was done, and shows no effect. planned: a dry run'),
  act: whole.optional().describe('Its number: seawall undo ACT takes it back'),
  why: z.string().optional(),
  proofs: z.array(z.object({ ok: z.boolean(), text: z.string() })).optional(),
});

export const responseSchema = z
  .object({
    schema: z.literal('seawall-response/1'),
    incident: incidentSchema.describe('The diagnosis that it goes by, the last of several'),
    steps: z.array(step).describe('In the order in which they were taken'),
    notTaken: z
      .array(z.object({ stage: z.enum(STAGES), kind: z.string() }))
      .describe('Because one before failed, or somebody said so'),
    unsure: z
      .array(z.object({ stage: z.enum(STAGES), kind: z.string() }))
      .describe('Left out, because the diagnosis is not sure enough to keep anybody out unasked'),
    byHand: z.array(z.object({ title: z.string(), commands: z.array(z.string()) })),
    calm: z
      .object({
        well: z.boolean(),
        since: time.optional().describe('Without a break'),
        watchedS: z.number().min(0),
        relapse: z.string().optional().describe('What showed that the trouble goes on'),
        signs: z.array(z.object({ of: z.string(), well: z.boolean(), text: z.string() })),
      })
      .optional()
      .describe('Whether the site is well again; absent when nothing was done'),
    putRight: z.array(z.string()).describe('What a run before left, and was repaired first'),
  })
  .describe('What Seawall did about one incident');

export type ResponseData = z.infer<typeof responseSchema>;

/** The JSON Schema (2020-12) as it stands in docs/response.schema.json. */
export function responseSchemaText(): string {
  const schema = { title: 'seawall-response/1', ...z.toJSONSchema(responseSchema) };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

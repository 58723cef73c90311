// The shape of a line of samples.jsonl; every key but `t` may be missing or null, unknown keys are left out.
import * as z from 'zod';

const number = z.number().nullish();
const text = z.string().nullish();

const averages = z.object({ avg10: number }).nullish();
const pressure = z.object({ some: averages, full: averages }).nullish();

const processSchema = z.object({
  pid: z.number(),
  ppid: number,
  user: text,
  state: text,
  elapsed: number,
  rss: number,
  pss: number,
  swap: number,
  oomScore: number,
  cpuPercent: number,
  args: text,
});

const connectionSchema = z.object({
  peer: z.string(),
  state: z.string(),
  count: z.number(),
  localPort: number,
  peerPort: number,
});

const inFlightSchema = z.object({
  seenBy: z.enum(['cgi', 'fpm', 'apache', 'socket']),
  client: text,
  method: text,
  target: text,
  host: text,
  agent: text,
  forS: number,
  pid: number,
  state: text,
});

export const sampleSchema = z.object({
  t: z.iso.datetime({ offset: true }),
  cpus: number,
  uptime: number,
  load: z.tuple([z.number(), z.number(), z.number()]).nullish(),
  meminfo: z.record(z.string(), z.number().nullable()).nullish(),
  psi: z.object({ cpu: pressure, memory: pressure, io: pressure }).nullish(),
  processes: z.array(processSchema).nullish(),
  connections: z.array(connectionSchema).nullish(),
  connectionCounts: z.array(z.object({ state: z.string(), count: z.number() })).nullish(),
  listen: z.array(z.object({ port: z.number(), queued: z.number(), backlog: z.number() })).nullish(),
  probe: z.object({ url: z.string(), status: number, ms: z.number(), body: text }).nullish(),
  database: z.record(z.string(), z.unknown()).nullish(),
  disks: z
    .array(
      z.object({
        mount: z.string(),
        device: text,
        sizeKb: number,
        availableKb: number,
        inodes: number,
        inodesFree: number,
      }),
    )
    .nullish(),
  swapping: z.object({ inPerS: z.number(), outPerS: z.number() }).nullish(),
  oomCandidate: z.object({ name: z.string(), score: z.number() }).nullish(),
  inFlight: z.array(inFlightSchema).nullish(),
  inFlightMore: number,
});

export type SampleLine = z.infer<typeof sampleSchema>;
export type ProcessLine = z.infer<typeof processSchema>;
export type InFlightLine = z.infer<typeof inFlightSchema>;
export type ConnectionLine = z.infer<typeof connectionSchema>;

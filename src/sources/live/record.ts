// Records a live host: what its programs, logs and /proc say now and said lately, as one recording that is read like any other.

import { hostname } from 'node:os';
import type { Site } from '../../config/site.ts';
import type { Manifest } from '../../formats/recording/manifest.ts';
import { sampleLine } from '../../formats/recording/write-sample.ts';
import { count, duration, kilobytes, listed, many } from '../../model/figures.ts';
import type { HostReader } from '../../model/host.ts';
import type { DatabaseState, InFlightRequest, ProbeState } from '../../model/sample.ts';
import type { EpochMs } from '../../model/time.ts';
import type { RecordedPart, Recording } from '../recording.ts';
import { groupOomKills, hostLimits, type Limits } from './cgroup.ts';
import { type CommandOutput, readDisks, readJournal, readKernelLog } from './commands.ts';
import { databaseIsLocal, databasePulse } from './database-pulse.ts';
import { askFpmStatus } from './fpm-status.ts';
import { findLogs, type LogBytes } from './logs.ts';
import { known, readUptime } from './memory.ts';
import { probeSites } from './probe.ts';
import { processTable, TICKS_PER_S } from './processes.ts';
import { type Extras, hostSampler, type TimedSample } from './sampler.ts';
import { askServerStatus } from './server-status.ts';
import { type Sight, sightOf } from './sight.ts';
import { readSocketAges, type SocketAges } from './sockets.ts';
import { findStack, type Stack } from './stack.ts';
import { synFloodCount } from './syn-counters.ts';

export interface RecordOptions {
  /** How long to watch, ms; a sample a second. */
  readonly watchMs: number;
  /** How far back logs are read. */
  readonly since: EpochMs;
  readonly trustedProxies?: readonly string[];
  /** False: no logs, no journal; only what is so now. */
  readonly logs?: boolean;
  /** Of one log, how many bytes at most, the newest. */
  readonly logBytes?: LogBytes;
  /** Told a sentence now and then. */
  readonly onProgress?: (doing: string) => void;
}

const STEP_MS = 1000;
const SAMPLES_MAX = 3600;
/** Samples from one look at the status pages to the next. */
const STATUS_EVERY = 2;
const PULSE_EVERY = 5;
/** Sites that failed and are asked again, and how long that may take. */
const SITES_AGAIN = 3;
const AGAIN_MS = 1500;

/** Never throws for what it may not see: that stands in the manifest. */
export async function recordHost(host: HostReader, options: RecordOptions): Promise<Recording> {
  const sight = sightOf(host);
  const began = host.now();
  const table = processTable(sight);
  const first = table.look(undefined, undefined, 'services');
  const stack = findStack(sight, first);
  const limits = hostLimits(sight, stack.pids);
  options.onProgress?.(`watching this host for ${duration(options.watchMs / 1000)}`);
  const disks = readDisks(sight);
  const sampler = hostSampler({ sight, limits, table, trustedProxies: options.trustedProxies ?? [] });
  const watched = await watch(sight, sampler, stack, began, options);
  // Logs come last: what happens while we watch is what matters most.
  const wanted = options.logs !== false;
  const journal = wanted ? await readJournal(sight, options.since) : undefined;
  const kernel = wanted && !journal ? await readKernelLog(sight) : undefined;
  const outputs = [journal, kernel, ...(await disks)].filter((output) => output !== undefined);
  const logs = wanted
    ? findLogs(sight, stack, { since: options.since, hasJournal: journal !== undefined, ...options.logBytes })
    : [];
  const now = host.now();
  const manifest = manifestOf(limits, watched, { from: options.since, to: now }, sight, stack);
  return {
    manifest,
    parts: [
      { name: 'samples.jsonl', content: { path: 'this host, sampled', text: samplesText(watched) } },
      ...outputs.map(outputPart),
      ...logs.map((slice): RecordedPart => ({ name: `logs${slice.path}`, content: slice })),
    ],
  };
}

/** A sample a second; what takes long is asked beside it, and told with the next sample. */
async function watch(
  sight: Sight,
  sampler: ReturnType<typeof hostSampler>,
  stack: Stack,
  began: EpochMs,
  { watchMs }: RecordOptions,
): Promise<TimedSample[]> {
  const { host } = sight;
  const samples: TimedSample[] = [];
  const probes: TimedSample[] = [];
  const end = began + watchMs;
  let ages: SocketAges | undefined;
  let status: readonly InFlightRequest[] | undefined;
  const pending: Promise<unknown>[] = [];
  const probeRound = async (sites: readonly Site[], timeoutMs?: number): Promise<void> => {
    const answers = await probeSites(host, sites, timeoutMs);
    const at = host.now();
    for (const probe of answers) probes.push({ at, data: { probe } });
  };
  const pulse = stack.database && databasePulse(sight, stack.database, databaseExpected(sight, stack));
  let database: DatabaseState | undefined;
  const pulseRound = (): void => {
    if (pulse)
      pending.push(
        pulse().then((found) => {
          database = found;
        }),
      );
  };
  const statusRound = (): void => {
    pending.push(
      Promise.all([
        ...stack.serving.map((web) => askServerStatus(host, web)),
        ...stack.fpm.flatMap(({ pools }) => pools.map((pool) => askFpmStatus(host, pool))),
      ]).then((found) => {
        status = found.flat();
      }),
    );
  };
  const ageRound = (): void => {
    pending.push(
      readSocketAges(sight).then((found) => {
        ages = found;
      }),
    );
  };
  pending.push(probeRound(stack.sites));
  ageRound();
  statusRound();
  pulseRound();
  for (let number = 0; number < SAMPLES_MAX; number++) {
    const extras: Extras = { ...(ages && { ages }), ...(status && { status }), ...(database && { database }) };
    samples.push(sampler.sample(extras));
    // Ages go stale: what was told once is not told again with the next sample.
    ages = undefined;
    status = undefined;
    database = undefined;
    const now = host.now();
    const left = end - now;
    if (left <= 0) break;
    if (left <= STEP_MS * 2 && number > 0) ageRound();
    if (number % STATUS_EVERY === STATUS_EVERY - 1) statusRound();
    if (number % PULSE_EVERY === PULSE_EVERY - 1 || left <= STEP_MS * 2) pulseRound();
    await host.sleep(Math.min(left, Math.max(50, STEP_MS - ((now - began) % STEP_MS))));
  }
  await Promise.all(pending);
  // Once is an accident: what failed is asked again, for as long as there is time.
  const failed = stack.sites.slice(0, probes.length).filter((_, i) => isBad(probes[i]?.data.probe));
  if (failed.length > 0) await probeRound(failed.slice(0, SITES_AGAIN), AGAIN_MS);
  if (stack.sites.length === 0)
    sight.hidden(
      'Whether the sites answer: no web server configuration was found.',
      'curl -sv -o /dev/null http://localhost/',
    );
  return [...samples, ...probes].sort((a, b) => a.at - b.at);
}

function isBad(probe: ProbeState | undefined): boolean {
  return probe?.status === undefined || probe.status >= 500;
}

function samplesText(samples: readonly TimedSample[]): string {
  return `${samples.map(({ at, data }) => sampleLine(at, data)).join('\n')}\n`;
}

function outputPart({ command, text }: CommandOutput, i: number): RecordedPart {
  return {
    name: `logs/commands/${i + 1}-${command.replace(/[^a-z0-9]+/gi, '-').slice(0, 40)}.txt`,
    content: { path: command, text },
  };
}

/** What the host was told it may take, a sentence each. */
function settingNotes({ serving, fpm, database }: Stack): string[] {
  const workers = serving.flatMap(({ server, mpm, workersMax, main }) =>
    workersMax === undefined
      ? []
      : [
          `${main}: ${server}${mpm === undefined ? '' : ` (${mpm})`} may work on ${count(workersMax)} requests at once.`,
        ],
  );
  const pools = fpm.flatMap((config) =>
    config.pools.flatMap(({ name, maxChildren }) =>
      maxChildren === undefined ? [] : [`${config.main}: pool ${name} may have ${many(maxChildren, 'worker')}.`],
    ),
  );
  const { bufferPoolKb, maxConnections } = database ?? {};
  const limits = [
    ...(bufferPoolKb === undefined ? [] : [`an InnoDB buffer pool of ${kilobytes(bufferPoolKb)}`]),
    ...(maxConnections === undefined ? [] : [many(maxConnections, 'connection')]),
  ];
  return [...workers, ...pools, ...(limits.length > 0 ? [`The database may have ${listed(limits)}.`] : [])].slice(
    0,
    20,
  );
}

/** `undefined` where the logs differ in it, or one of them doesn't say it. */
function replyBytesOf({ serving }: Stack): Manifest['replyBytes'] {
  const kinds = serving.flatMap(({ logs }) =>
    logs.flatMap(({ kind, format = '' }) => {
      if (kind === 'error') return [];
      if (/%(?:[<>]|\d{3})*O|\$bytes_sent/.test(format)) return ['wire' as const];
      return /%(?:[<>]|\d{3})*[bB]|\$body_bytes_sent/.test(format) ? ['body' as const] : ['unknown' as const];
    }),
  );
  const [first] = kinds;
  return first !== undefined && first !== 'unknown' && kinds.every((kind) => kind === first) ? first : undefined;
}

/** Its absence is news only where the sites use it: installed alone it may be a leftover. */
function databaseExpected(sight: Sight, { sites }: Stack): boolean {
  const roots = [...new Set(sites.flatMap(({ root }) => root ?? []))];
  return databaseIsLocal(sight, roots) ?? sites.length > 0;
}

/** When the first process of a container began, epoch ms. */
function beginOfGroup(sight: Sight): EpochMs | undefined {
  const first = sight.host.process(1);
  const uptimeS = readUptime(sight);
  if (!first || uptimeS === undefined) return undefined;
  return Math.round(sight.host.now() - (uptimeS - first.startTicks / TICKS_PER_S) * 1000);
}

function manifestOf(
  limits: Limits,
  samples: readonly TimedSample[],
  span: { readonly from: EpochMs; readonly to: EpochMs },
  sight: Sight,
  stack: Stack,
): Manifest {
  const memory = samples.find(({ data }) => data.memory)?.data.memory;
  const limited = limits.memoryKb !== undefined && memory?.totalKb === limits.memoryKb;
  const formats = [...new Set(stack.web.flatMap(({ logs }) => logs.flatMap(({ format }) => format ?? [])))];
  const replyBytes = replyBytesOf(stack);
  const notes = [
    ...(limited
      ? [
          `This host may use ${kilobytes(limits.memoryKb)} (the limit of its control group): memory is told within that, and the load average, which is the whole machine's, is left out.`,
        ]
      : []),
    ...settingNotes(stack),
    ...stack.serving.flatMap(({ server, main, sites }) =>
      sites.length > 0 ? [] : [`${server} (${main}) serves no site that could be asked.`],
    ),
  ];
  return {
    host: hostname(),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...(limited && {
      group: known({
        since: beginOfGroup(sight),
        oomKills: groupOomKills(sight, limits),
        synFloods: synFloodCount(sight),
      }),
    }),
    ...(limits.cpus !== undefined && { cpus: limits.cpus }),
    ...(memory?.totalKb !== undefined && { memTotalKb: memory.totalKb }),
    ...(memory?.swapTotalKb !== undefined && { swapTotalKb: memory.swapTotalKb }),
    ...span,
    logsSince: span.from,
    ...(formats.length > 0 && { logFormats: formats.slice(0, 50) }),
    ...(replyBytes !== undefined && { replyBytes }),
    notes,
    unseen: sight.unseen,
  };
}

// Reads access logs, and nothing else, into traffic: what `seawall traffic` asks.
import { trafficJoin } from '../engine/traffic-join.ts';
import { accessLog } from '../formats/access/access-log.ts';
import type { NotRecognised } from '../model/dossier.ts';
import { type EpochMs, spanUnion } from '../model/time.ts';
import type { TrafficQuery } from '../model/traffic-query.ts';
import type { LogReport, TrafficReading } from '../model/traffic-reading.ts';
import { type FileFacts, sourceReport } from './file-facts.ts';
import { givenFormat, zoneOf } from './given.ts';
import { ending, logCounter } from './log-counter.ts';
import { findOwners } from './owners.ts';
import type { ReadOptions } from './read-file.ts';
import { type ReadOutcome, readFiles } from './read-files.ts';
import { findFiles } from './walk.ts';

export interface TrafficOptions {
  /** Files and folders; `-` is standard input. */
  readonly paths: readonly string[];
  readonly query: TrafficQuery;
  readonly now: EpochMs;
  /** Requests outside are left out. */
  readonly since?: EpochMs;
  readonly until?: EpochMs;
  readonly logFormat?: string;
  /** Zone of times that don't say theirs. */
  readonly timezone?: string;
  readonly trustedProxies?: readonly string[];
  /** The file of network owners, when it isn't the one that was built with this program. */
  readonly owners?: string;
  /** Threads that read; see `CounterOptions`. */
  readonly threads?: number;
  /** `auto`: the kernel for all that it can read. */
  readonly engine?: 'auto' | 'kernel' | 'reference';
  /** Bytes read so far and in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** @throws PathError when a named path can't be read, OptionError when an option is wrong. */
export async function readTraffic(options: TrafficOptions): Promise<TrafficReading> {
  const zone = options.timezone === undefined ? undefined : zoneOf(options.timezone);
  const formats = options.logFormat === undefined ? [accessLog] : [givenFormat(options.logFormat), accessLog];
  const found = findFiles(options.paths.filter((path) => path !== '-'));
  const paths = [...(options.paths.includes('-') ? ['-'] : []), ...found.files.map(({ path }) => path)];
  const total = found.files.reduce((sum, file) => sum + file.bytes, 0);
  const traffic = trafficJoin(options.query);
  const counter = logCounter(traffic, {
    engine: options.engine ?? 'auto',
    threads: options.threads,
    files: found.files,
    query: options.query,
    logFormat: options.logFormat,
  });
  let done = 0;
  const reading: ReadOptions = {
    textFormats: formats,
    binaryFormats: [],
    counter,
    trustedProxies: options.trustedProxies ?? [],
    window: {
      ...(options.since !== undefined && { from: options.since }),
      ...(options.until !== undefined && { to: options.until }),
    },
    zone,
    now: options.now,
    onProgress: (bytes) => {
      done += bytes;
      options.onProgress?.(done, total);
    },
  };
  const outcomes = await ending(counter, readFiles({ paths, named: options.paths, traffic, options: () => reading }));
  const logs: LogReport[] = [];
  const notRecognised: NotRecognised[] = [...found.passedOver];
  for (const outcome of outcomes) {
    if (outcome.kind === 'facts') logs.push(reportOf(outcome.facts));
    else notRecognised.push({ path: outcome.path, reason: reasonAgainst(outcome) });
  }
  const whole = traffic.finish();
  const { found: owned } = findOwners(whole?.sources.entries.keys() ?? [], options.owners);
  const span = spanUnion(logs.map((log) => log.span));
  return {
    ...(whole && { traffic: whole }),
    logs,
    notRecognised,
    ...(span && { span }),
    owners: owned?.owners ?? new Map(),
    ...(owned && { ownersFrom: owned.ownersFrom }),
  };
}

function reasonAgainst(outcome: Exclude<ReadOutcome, { readonly kind: 'facts' }>): string {
  if (outcome.kind === 'failed') return outcome.reason;
  if (outcome.kind !== 'unknown' || outcome.reason === 'no known format fits') return 'no access log';
  return outcome.reason;
}

function reportOf(facts: FileFacts): LogReport {
  const { format: _, ...report } = sourceReport(facts, facts.accessSpan);
  const { accessOffsetMinutes } = facts;
  return accessOffsetMinutes === undefined ? report : { ...report, offsetMinutes: accessOffsetMinutes };
}

// Reads access logs, and nothing else, into traffic: what `seawall traffic` asks.
import { trafficAccumulator } from '../engine/accumulate.ts';
import { accessLog } from '../formats/access/access-log.ts';
import type { NotRecognised } from '../model/dossier.ts';
import { type EpochMs, spanUnion } from '../model/time.ts';
import type { TrafficQuery } from '../model/traffic-query.ts';
import type { LogReport, TrafficReading } from '../model/traffic-reading.ts';
import { givenFormat, zoneOf } from './given.ts';
import { findOwners } from './owners.ts';
import { type FileFacts, readFile } from './read-file.ts';
import { findFiles, PathError, reasonOf } from './walk.ts';

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
  /** Threads that read; as many as there are processors when it is not said. */
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
  const traffic = trafficAccumulator(options.query);
  const logs: LogReport[] = [];
  const notRecognised: NotRecognised[] = [...found.passedOver];
  let done = 0;
  for (const path of paths) {
    let outcome: Awaited<ReturnType<typeof readFile>>;
    try {
      outcome = await readFile(path, traffic, {
        textFormats: formats,
        binaryFormats: [],
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
      });
    } catch (error) {
      if (options.paths.includes(path)) throw new PathError(reasonOf(error, path));
      notRecognised.push({ path, reason: reasonOf(error, path) });
      continue;
    }
    if (outcome.kind === 'facts') logs.push(reportOf(outcome.facts));
    else {
      const reason = outcome.kind === 'unknown' ? outcome.reason : 'no access log';
      notRecognised.push({ path, reason: reason === 'no known format fits' ? 'no access log' : reason });
    }
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

function reportOf(facts: FileFacts): LogReport {
  return {
    path: facts.path,
    title: facts.title,
    bytes: facts.bytes,
    lines: facts.lines,
    unreadable: facts.unreadable,
    ...(facts.firstUnreadable !== undefined && { firstUnreadable: facts.firstUnreadable }),
    ...(facts.accessSpan && { span: facts.accessSpan }),
    ...(facts.accessOffsetMinutes !== undefined && { offsetMinutes: facts.accessOffsetMinutes }),
    notes: facts.notes,
  };
}

// Puts the dossier together: reads all files, aligns their clocks, and orders what they said on one time line.
import { trafficAccumulator } from '../engine/accumulate.ts';
import { compileLogFormat } from '../formats/access/log-format.ts';
import { binaryFormats, textFormats } from '../formats/index.ts';
import type { Manifest } from '../formats/recording/manifest.ts';
import type { Dossier, HostFacts, NotRecognised, SourceReport } from '../model/dossier.ts';
import type { LogEvent } from '../model/event.ts';
import { programsOf } from '../model/programs.ts';
import type { FactSink, TextFormat } from '../model/reader.ts';
import { shareOfLines } from '../model/reader.ts';
import type { Sample } from '../model/sample.ts';
import { type EpochMs, spanUnion, type TimeSpan } from '../model/time.ts';
import { type AlignedFile, alignClocks } from './align.ts';
import { mergePackets, shiftPackets } from './packet-merge.ts';
import { type FileFacts, readFile } from './read-file.ts';
import { findFiles, PathError, reasonOf } from './walk.ts';
import { parseZone, type Zone } from './zone.ts';

export interface DossierOptions {
  readonly paths: readonly string[];
  /** Apache `LogFormat` or nginx `log_format`, for access logs that are not recognised by themselves. */
  readonly logFormat?: string;
  /** Zone of times that don't say theirs: "Europe/Berlin", "-08:00". */
  readonly timezone?: string;
  /** Year of times that have none. */
  readonly year?: number;
  readonly since?: EpochMs;
  readonly until?: EpochMs;
  readonly trustedProxies?: readonly string[];
  readonly now: EpochMs;
  /** Bytes read so far and in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** An option that makes no sense; the message says which and what to do. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/**
 * Reads files and folders into a dossier.
 * @throws PathError when a named path can't be read, OptionError when an option is wrong.
 */
export async function readDossier(options: DossierOptions): Promise<Dossier> {
  const zone = options.timezone === undefined ? undefined : zoneOf(options.timezone);
  const given = options.logFormat === undefined ? [] : [givenFormat(options.logFormat)];
  const found = findFiles(options.paths.filter((path) => path !== '-'));
  const total = found.files.reduce((sum, file) => sum + file.bytes, 0);
  const traffic = trafficAccumulator();
  const facts: FileFacts[] = [];
  const sources: SourceReport[] = [];
  const notRecognised: NotRecognised[] = [...found.passedOver];
  let manifest: Manifest | undefined;
  let done = 0;

  const names = [...(options.paths.includes('-') ? ['-'] : []), ...found.files.map(({ path }) => path)];
  for (const path of names) {
    let outcome: Awaited<ReturnType<typeof readFile>>;
    try {
      outcome = await readFile(path, traffic, {
        textFormats: [...given, ...textFormats],
        binaryFormats,
        trustedProxies: options.trustedProxies ?? [],
        window: {
          ...(options.since !== undefined && { from: options.since }),
          ...(options.until !== undefined && { to: options.until }),
        },
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
    if (outcome.kind === 'facts') facts.push(outcome.facts);
    else if (outcome.kind === 'manifest') {
      manifest ??= outcome.manifest;
      sources.push(jsonReport(path, 'recording-manifest', 'manifest of the recording', outcome.bytes));
    } else if (outcome.kind === 'expectation') {
      sources.push(
        jsonReport(path, 'case-expectation', 'expected findings of a recorded case: no evidence', outcome.bytes),
      );
    } else {
      const firstLine = outcome.firstLine?.slice(0, 400);
      notRecognised.push({ path, reason: outcome.reason, ...(firstLine !== undefined && { firstLine }) });
    }
  }

  const aligned = alignClocks(facts, { zone, manifest, year: options.year, now: options.now });
  const window: TimeSpan = {
    from: options.since ?? Number.NEGATIVE_INFINITY,
    to: options.until ?? Number.POSITIVE_INFINITY,
  };
  const inWindow = (at: EpochMs): boolean => at >= window.from && at <= window.to;
  const events = aligned.files
    .flatMap((file) => eventsOf(file, aligned.endAt))
    .filter((event) => inWindow(event.at))
    .sort(byTime);
  const samples = aligned.files
    .flatMap((file) => samplesOf(file, aligned.endAt))
    .filter((sample) => inWindow(sample.at))
    .sort(byTime);
  const packets = mergePackets(
    aligned.files.flatMap((file) => (file.facts.packets ? [shiftPackets(file.facts.packets, file.packetShiftMs)] : [])),
  );
  const whole = traffic.finish();
  sources.push(...aligned.files.map(reportOf));
  const span = spanUnion([
    ...aligned.files.map((file) => file.span),
    ...(events[0] ? [{ from: events[0].at, to: events.at(-1)?.at ?? events[0].at }] : []),
  ]);
  return {
    ...(span && { span: { from: Math.max(span.from, window.from), to: Math.min(span.to, window.to) } }),
    zone: { name: aligned.zone.name, assumed: aligned.zoneAssumed },
    host: hostFacts(manifest, samples),
    ...(whole && { traffic: whole }),
    events,
    eventsDropped: 0,
    samples,
    samplesDropped: facts.reduce((sum, file) => sum + file.store.samplesDropped, 0),
    ...(packets && { packets }),
    sources,
    notRecognised,
    assumptions: aligned.assumptions,
    readAt: options.now,
  };
}

function byTime(a: { readonly at: EpochMs }, b: { readonly at: EpochMs }): number {
  return a.at - b.at;
}

function zoneOf(text: string): Zone {
  const zone = parseZone(text);
  if (zone) return zone;
  throw new OptionError(
    `--timezone ${text}: no such zone. Give a name such as Europe/Berlin, or an offset such as +01:00.`,
  );
}

function givenFormat(spec: string): TextFormat {
  const compiled = compileLogFormat(spec);
  if ('error' in compiled) throw new OptionError(`--log-format: ${compiled.error}`);
  const { format } = compiled;
  return {
    id: 'access-log-given',
    title: 'access log (--log-format)',
    recognise: (head) => (shareOfLines(head, (line) => format.parse(line) !== undefined) >= 0.5 ? 2 : 0),
    open: (sink: FactSink) => ({
      line(text, line) {
        const entry = format.parse(text);
        if (entry) sink.access(format, entry, line, text);
        else sink.unreadable(line, text);
      },
      end() {},
    }),
  };
}

function eventsOf(file: AlignedFile, endAt: EpochMs): LogEvent[] {
  return file.facts.store.events.map((event) => {
    const at = (event.stamp && file.toEpoch(event.stamp)) ?? file.span?.from ?? endAt;
    const until = (event.until && file.toEpoch(event.until)) ?? at;
    return { ...event.payload, at, until, count: event.count, evidence: event.evidence };
  });
}

function samplesOf(file: AlignedFile, endAt: EpochMs): Sample[] {
  return file.facts.store.samples.map((raw) => {
    const { processes, ...rest } = raw.data;
    const at = (raw.stamp && file.toEpoch(raw.stamp)) ?? file.span?.to ?? endAt;
    return { ...rest, ...(processes && programsOf(processes)), at, evidence: raw.evidence };
  });
}

function hostFacts(manifest: Manifest | undefined, samples: readonly Sample[]): HostFacts {
  const cpus = manifest?.cpus ?? samples.find((sample) => sample.cpus !== undefined)?.cpus;
  const memTotalKb =
    manifest?.memTotalKb ?? samples.find((sample) => sample.memory?.totalKb !== undefined)?.memory?.totalKb;
  const swapTotalKb =
    manifest?.swapTotalKb ?? samples.find((sample) => sample.memory?.swapTotalKb !== undefined)?.memory?.swapTotalKb;
  return {
    ...(manifest?.host !== undefined && { name: manifest.host }),
    ...(cpus !== undefined && { cpus }),
    ...(memTotalKb !== undefined && { memTotalKb }),
    ...(swapTotalKb !== undefined && { swapTotalKb }),
  };
}

function jsonReport(path: string, format: string, title: string, bytes: number): SourceReport {
  return { path, format, title, bytes, lines: 1, unreadable: 0, notes: [] };
}

function reportOf(file: AlignedFile): SourceReport {
  const { facts } = file;
  return {
    path: facts.path,
    format: facts.format,
    title: facts.title,
    bytes: facts.bytes,
    lines: facts.lines,
    unreadable: facts.unreadable,
    ...(facts.firstUnreadable !== undefined && { firstUnreadable: facts.firstUnreadable }),
    ...(file.span && { span: file.span }),
    notes: [...facts.notes, ...file.notes],
  };
}

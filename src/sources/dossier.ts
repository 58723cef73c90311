// Puts the dossier together: reads all files, aligns their clocks, and orders what they said on one time line.
import { basename } from 'node:path';
import { trafficJoin } from '../engine/traffic-join.ts';
import { binaryFormats, textFormats } from '../formats/index.ts';
import type { Manifest } from '../formats/recording/manifest.ts';
import type { Dossier, HostFacts, NotRecognised, SourceReport } from '../model/dossier.ts';
import type { LogEvent } from '../model/event.ts';
import type { PacketSummary } from '../model/packets.ts';
import type { Sample } from '../model/sample.ts';
import { type EpochMs, spanUnion, type TimeSpan } from '../model/time.ts';
import { type AlignedFile, alignClocks } from './align.ts';
import { factBounds } from './bounds.ts';
import { type FileFacts, sourceReport } from './file-facts.ts';
import { configuredFormat, givenFormat, OptionError, zoneOf } from './given.ts';
import { ending, logCounter } from './log-counter.ts';
import { withoutOthersKills } from './others-kills.ts';
import { findOwners } from './owners.ts';
import { mergePackets, shiftPackets } from './packet-merge.ts';
import type { ReadOptions } from './read-file.ts';
import { type ReadOutcome, readFiles } from './read-files.ts';
import type { Recording } from './recording.ts';
import { type FoundFile, findFiles } from './walk.ts';
import { parseZone } from './zone.ts';

export interface DossierOptions {
  /** Files and folders; `-` is standard input. */
  readonly paths: readonly string[];
  /** What a live host said, in place of paths or beside them. */
  readonly recording?: Recording;
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
  /** The file of network owners, when it isn't the one that was built with this program. */
  readonly owners?: string;
  /** Threads that count access logs; one when it is not said. */
  readonly threads?: number;
  /** `auto`: the kernel for all access logs that it can read. */
  readonly engine?: 'auto' | 'kernel' | 'reference';
  /** Bytes read so far and in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A second thread saves seconds, and takes memory: a diagnosis must fit into what an incident has left. */
const THREADS = 1;

/**
 * Reads files and folders into a dossier.
 * @throws PathError when a named path can't be read, OptionError when an option is wrong.
 */
export async function readDossier(options: DossierOptions): Promise<Dossier> {
  const zone = options.timezone === undefined ? undefined : zoneOf(options.timezone);
  if (options.year !== undefined && !(Number.isInteger(options.year) && options.year >= 1970 && options.year <= 9999))
    throw new OptionError(`--year ${options.year}: no such year. Give one with four digits, such as 2026.`);
  const given = options.logFormat === undefined ? [] : [givenFormat(options.logFormat)];
  const found = findFiles(options.paths.filter((path) => path !== '-'));
  const recorded = options.recording?.parts.map(({ content }) => content) ?? [];
  const total = found.files.reduce((sum, file) => sum + file.bytes, 0);
  const traffic = trafficJoin();
  const counter = logCounter(traffic, {
    engine: options.engine ?? 'auto',
    threads: options.threads ?? THREADS,
    files: [
      ...found.files,
      ...recorded.flatMap((part) => ('from' in part ? [{ path: part.path, bytes: part.bytes }] : [])),
    ],
    logFormat: options.logFormat,
  });
  let manifest: Manifest | undefined = options.recording?.manifest;
  let done = 0;
  const bounds = factBounds();
  const reading = (): ReadOptions => ({
    textFormats: [...given, ...textFormats, ...(manifest?.logFormats ?? []).flatMap(configuredFormat)],
    binaryFormats,
    counter,
    trustedProxies: options.trustedProxies ?? [],
    window: {
      ...windowBegin(options, manifest),
      ...(options.until !== undefined && { to: options.until }),
    },
    zone: zone ?? (manifest?.timezone === undefined ? undefined : parseZone(manifest.timezone)),
    now: options.now,
    onProgress: (bytes) => {
      done += bytes;
      options.onProgress?.(done, total);
    },
  });
  const outcomes = await ending(
    counter,
    readFiles({
      paths: [...readingOrder(options.paths, found.files), ...recorded],
      named: options.paths,
      traffic,
      options: reading,
      read(outcome) {
        if (outcome.kind === 'facts') bounds.added(outcome.facts.store);
        else if (outcome.kind === 'manifest') manifest ??= outcome.manifest;
      },
    }),
  );
  const facts: FileFacts[] = [];
  const sources: SourceReport[] = [];
  const notRecognised: NotRecognised[] = [...found.passedOver];
  for (const outcome of outcomes) {
    if (outcome.kind === 'facts') facts.push(outcome.facts);
    else if (outcome.kind === 'failed' || outcome.kind === 'unknown') notRecognised.push(leftOut(outcome));
    else sources.push(aside(outcome, manifest));
  }

  const aligned = alignClocks(facts, { zone, manifest, year: options.year, now: options.now });
  const window: TimeSpan = {
    from: windowBegin(options, manifest).from ?? Number.NEGATIVE_INFINITY,
    to: options.until ?? Number.POSITIVE_INFINITY,
  };
  const inWindow = (at: EpochMs): boolean => at >= window.from && at <= window.to;
  const own = withoutOthersKills(
    aligned.files.flatMap((file) => eventsOf(file, aligned.endAt)),
    manifest,
  );
  const events = own.events.filter((event) => inWindow(event.at)).sort(byTime);
  const samples = aligned.files
    .flatMap((file) => samplesOf(file, aligned.endAt))
    .filter((sample) => inWindow(sample.at))
    .sort(byTime);
  const packets = mergePackets(aligned.files.flatMap((file) => packetsOf(file, window)));
  const counted = traffic.finish();
  // Some formats look alike and differ in that.
  const whole = counted && manifest?.replyBytes ? { ...counted, bytes: manifest.replyBytes } : counted;
  const { found: owned, note: ownersNote } = findOwners(whole?.sources.entries.keys() ?? [], options.owners);
  const begins = new Map(recorded.flatMap((part) => ('from' in part ? [[part.path, part.from] as const] : [])));
  sources.push(...aligned.files.map((file) => reportOf(file, window, begins.get(file.facts.path))));
  const assumptions = [
    ...(manifest?.notes ?? []),
    ...aligned.assumptions,
    ...own.notes,
    ...(ownersNote === undefined ? [] : [ownersNote]),
  ];
  const span = overlap(
    spanUnion([
      ...aligned.files.map((file) => file.span),
      ...(events[0] ? [{ from: events[0].at, to: events.at(-1)?.at ?? events[0].at }] : []),
    ]),
    window,
  );
  return {
    ...(span && { span }),
    zone: { name: aligned.zone.name, assumed: aligned.zoneAssumed },
    host: hostFacts(manifest, samples),
    ...(whole && { traffic: whole }),
    ...owned,
    events,
    eventsDropped: facts.reduce((sum, file) => sum + file.store.eventsDropped, 0),
    samples,
    samplesDropped: facts.reduce((sum, file) => sum + file.store.samplesDropped, 0),
    ...(packets && { packets }),
    sources,
    notRecognised,
    assumptions,
    ...(manifest?.unseen && manifest.unseen.length > 0 && { unseen: manifest.unseen }),
    readAt: options.now,
  };
}

/** As a person asked; a recording says from when on its logs count. */
function windowBegin(options: DossierOptions, manifest: Manifest | undefined): { from?: EpochMs } {
  const from = options.since ?? manifest?.logsSince;
  return from === undefined ? {} : { from };
}

/** Standard input first; manifests before logs, for they say which zone a clock without one shows. By name is enough here. */
function readingOrder(paths: readonly string[], files: readonly FoundFile[]): string[] {
  const isManifest = (path: string): boolean => basename(path) === 'manifest.json';
  const names = files.map(({ path }) => path);
  return [
    ...(paths.includes('-') ? ['-'] : []),
    ...names.filter(isManifest),
    ...names.filter((path) => !isManifest(path)),
  ];
}

/** What both spans hold; absent when that is nothing. */
function overlap(span: TimeSpan | undefined, window: TimeSpan): TimeSpan | undefined {
  if (!span) return undefined;
  const from = Math.max(span.from, window.from);
  const to = Math.min(span.to, window.to);
  return from <= to ? { from, to } : undefined;
}

/** A capture is summed up before its clock is known: one that lies outside of the time asked for is left out as a whole. */
function packetsOf(file: AlignedFile, window: TimeSpan): PacketSummary[] {
  if (!file.facts.packets) return [];
  const moved = shiftPackets(file.facts.packets, file.packetShiftMs);
  return moved.last < window.from || moved.first > window.to ? [] : [moved];
}

function byTime(a: { readonly at: EpochMs }, b: { readonly at: EpochMs }): number {
  return a.at - b.at;
}

function eventsOf(file: AlignedFile, endAt: EpochMs): LogEvent[] {
  return file.facts.store.events.map((event) => {
    const at = (event.stamp && file.toEpoch(event.stamp)) ?? file.span?.from ?? endAt;
    const until = Math.max(at, (event.until && file.toEpoch(event.until)) ?? at);
    return { ...event.payload, at, until, count: event.count, evidence: event.evidence };
  });
}

function samplesOf(file: AlignedFile, endAt: EpochMs): Sample[] {
  return file.facts.store.samples.map((raw) => {
    const at = (raw.stamp && file.toEpoch(raw.stamp)) ?? file.span?.to ?? endAt;
    return { ...raw.data, at, evidence: raw.evidence };
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

function leftOut(outcome: Extract<ReadOutcome, { readonly kind: 'failed' | 'unknown' }>): NotRecognised {
  const { path, reason } = outcome;
  const firstLine = outcome.kind === 'unknown' ? outcome.firstLine?.slice(0, 400) : undefined;
  return { path, reason, ...(firstLine !== undefined && { firstLine }) };
}

/** What is read, and no evidence. */
function aside(
  outcome: Extract<ReadOutcome, { readonly kind: 'manifest' | 'expectation' }>,
  used: Manifest | undefined,
): SourceReport {
  const { path, bytes } = outcome;
  if (outcome.kind === 'expectation')
    return jsonReport(path, 'case-expectation', 'expected findings of a recorded case: no evidence', bytes);
  const report = jsonReport(path, 'recording-manifest', 'manifest of the recording', bytes);
  return outcome.manifest === used ? report : { ...report, notes: ['not the first manifest: not used'] };
}

function jsonReport(path: string, format: string, title: string, bytes: number): SourceReport {
  return { path, format, title, bytes, lines: 1, unreadable: 0, notes: [] };
}

/** `begin`: the byte that it was read from. */
function reportOf(file: AlignedFile, window: TimeSpan, begin = 0): SourceReport {
  const { facts } = file;
  const left = facts.packets && packetsOf(file, window).length === 0;
  const notes = [
    ...(begin > 0 ? [`read from byte ${begin} on; lines are counted from there`] : []),
    ...facts.notes,
    ...file.notes,
    ...(left ? ['its packets are outside of the time asked for'] : []),
  ];
  return sourceReport(facts, file.span, notes);
}

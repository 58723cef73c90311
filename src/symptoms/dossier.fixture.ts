// For tests: a dossier put together from the few facts that a test is about. Times are seconds after the begin.
import { entry, T0, trafficOf } from '../engine/entries.fixture.ts';
import type { AccessEntry } from '../model/access-entry.ts';
import type { Dossier } from '../model/dossier.ts';
import type { EventPayload, LogEvent } from '../model/event.ts';
import { evidence } from '../model/evidence.ts';
import type { PacketSummary } from '../model/packets.ts';
import type { ProgramState, Sample } from '../model/sample.ts';
import type { Symptom, SymptomId } from '../model/symptom.ts';
import { type EpochMs, spanUnion } from '../model/time.ts';
import type { Traffic } from '../model/traffic.ts';
import type { Detector } from './view/detector.ts';

export const ATTACKER = '203.0.113.66';
export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0';

/** So many seconds after the begin, which is 2026-11-22T09:00:00Z. */
export function at(seconds: number): EpochMs {
  return T0 + seconds * 1000;
}

interface Pieces {
  readonly events?: readonly LogEvent[];
  readonly samples?: readonly Sample[];
  /** Requests of one access log, in any order. */
  readonly access?: readonly AccessEntry[];
  /** The same, in the order of the log's lines, which are stamped with the begin of the request, as Apache does. */
  readonly accessInLogOrder?: readonly AccessEntry[];
  /** What the sizes in the access log count. */
  readonly bytes?: Traffic['bytes'];
  readonly packets?: PacketSummary;
  readonly host?: Dossier['host'];
  /** When the record ends, where nothing else says it. */
  readonly endS?: number;
}

export function dossierOf(pieces: Pieces): Dossier {
  const events = (pieces.events ?? []).toSorted((a, b) => a.at - b.at);
  const samples = (pieces.samples ?? []).toSorted((a, b) => a.at - b.at);
  const traffic = trafficFrom(pieces);
  const end = pieces.endS === undefined ? undefined : { from: at(pieces.endS), to: at(pieces.endS) };
  const span = spanUnion([
    ...events.map((event) => ({ from: event.at, to: event.until })),
    ...samples.map((sample) => ({ from: sample.at, to: sample.at })),
    traffic && { from: traffic.whole.total.first, to: traffic.whole.total.last },
    pieces.packets && { from: pieces.packets.first, to: pieces.packets.last },
    end,
  ]);
  return {
    ...(span && { span }),
    zone: { name: 'UTC', assumed: false },
    host: pieces.host ?? { name: 'web1', cpus: 1, memTotalKb: 524_288 },
    ...(traffic && { traffic }),
    events,
    eventsDropped: 0,
    samples,
    samplesDropped: 0,
    ...(pieces.packets && { packets: pieces.packets }),
    sources: [],
    notRecognised: [],
    assumptions: [],
    readAt: span?.to ?? T0,
  };
}

function trafficFrom({ access, accessInLogOrder, bytes }: Pieces): Traffic | undefined {
  if (accessInLogOrder) return { ...trafficOf([accessInLogOrder], { stamp: 'begin' }), bytes: bytes ?? 'body' };
  if (!access) return undefined;
  const lines = access.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
  return { ...trafficOf([lines]), bytes: bytes ?? 'body' };
}

/** What the detector finds in a dossier of these pieces. */
export function found<K extends SymptomId>(detector: Detector<K>, pieces: Pieces): readonly Symptom<K>[] {
  return detector.detect(dossierOf(pieces));
}

/** An event; `times` more than 1 for one that stands for several, the last of them at `untilS`. */
export function event(
  seconds: number,
  payload: EventPayload,
  { times = 1, untilS = seconds, text }: { times?: number; untilS?: number; text?: string } = {},
): LogEvent {
  const quote = evidence('log', Math.max(1, Math.round(seconds)), text ?? `${payload.kind} at ${seconds} s`);
  return { ...payload, at: at(seconds), count: times, until: at(untilS), evidence: quote };
}

/** The same event several times, `everyS` apart. */
export function events(times: number, everyS: number, payload: EventPayload, fromS = 0): LogEvent[] {
  return Array.from({ length: times }, (_, i) => event(fromS + i * everyS, payload));
}

export function unit(
  seconds: number,
  change: Extract<EventPayload, { kind: 'unit' }>['change'],
  more: { unit?: string; role?: 'database' | 'web' | 'php' | 'other'; signal?: number } = {},
): LogEvent {
  return event(seconds, { kind: 'unit', unit: 'mariadb.service', role: 'database', change, ...more });
}

export function sample(seconds: number, data: Omit<Sample, 'at' | 'evidence'>): Sample {
  return {
    ...data,
    at: at(seconds),
    evidence: evidence('samples.jsonl', Math.max(1, seconds), `sample at ${seconds} s`),
  };
}

/** One sample for each value, `everyS` apart. */
export function samples<T>(
  values: readonly T[],
  data: (value: T) => Omit<Sample, 'at' | 'evidence'>,
  everyS = 10,
): Sample[] {
  return values.map((value, i) => sample(i * everyS, data(value)));
}

export function program(name: string, count: number, more: Partial<ProgramState> = {}): ProgramState {
  return { name, count, users: [], blocked: 0, running: 0, zombies: 0, ...more };
}

export function oomKill(
  seconds: number,
  name = 'mariadbd',
  more: Partial<Extract<EventPayload, { kind: 'oom-kill' }>> = {},
): LogEvent {
  return event(seconds, { kind: 'oom-kill', pid: 812, name, scope: 'global', tasks: [], ...more });
}

type Fields = Partial<AccessEntry>;

/** Requests, `everyS` apart from `fromS` on. */
export function requests(
  times: number,
  everyS: number,
  fields: Fields | ((i: number) => Fields),
  fromS = 0,
): AccessEntry[] {
  return Array.from({ length: times }, (_, i) =>
    entry({
      agent: BROWSER,
      ...(typeof fields === 'function' ? fields(i) : fields),
      at: at(fromS + i * everyS),
    }),
  );
}

/** POSTs to xmlrpc.php that are answered with so many bytes. */
export function xmlrpc(times: number, everyS: number, bytes: number, fields: Fields = {}, fromS = 0): AccessEntry[] {
  const call = { client: ATTACKER, method: 'POST', target: '/xmlrpc.php', protocol: 'HTTP/1.0', bytes };
  return requests(times, everyS, { ...call, ...fields }, fromS);
}

/** The n-th ordinary visitor: each has a network of its own. */
export function visitor(n: number): string {
  return `198.18.${n}.7`;
}

/**
 * Ordinary visitors: each opens a page every `everyS`, loads what belongs to it, and comes by a link. They come one after
 * the other within that time, not at once.
 */
export function readers(
  many: number,
  {
    fromS = 0,
    untilS = 600,
    everyS = 60,
    first = 0,
    fields = {},
  }: { fromS?: number; untilS?: number; everyS?: number; first?: number; fields?: Fields } = {},
): AccessEntry[] {
  const lines: AccessEntry[] = [];
  for (let n = 0; n < many; n++) {
    for (let s = fromS + (n * everyS) / many, page = n; s < untilS; s += everyS, page++) {
      const client = visitor(first + n);
      const told = { client, agent: BROWSER, referer: 'https://www.example.org/', at: at(Math.floor(s)) };
      lines.push(entry({ ...told, target: `/article-${page % 40}/`, ...fields }));
      for (const target of ['/style.css', '/photo.jpg']) lines.push(entry({ ...told, target }));
    }
  }
  return lines;
}

/** A capture of a minute. */
export function capture(more: Partial<PacketSummary>): PacketSummary {
  return {
    servers: ['192.0.2.10'],
    packets: 1000,
    peers: [],
    outgoing: [],
    foldedPeers: 0,
    first: at(0),
    last: at(60),
    evidence: [evidence('packets.pcap', 1, 'IP 203.0.113.66.40000 > 192.0.2.10.80: Flags [S]')],
    ...more,
  };
}

export function peer(address: string, syns: number, established: number): PacketSummary['peers'][number] {
  return { address, syns, established, packets: syns, payloadBytes: 0, requests: 0, first: at(0), last: at(60) };
}

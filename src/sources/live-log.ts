// One access log that is being written: its new bytes become requests, once its format is recognised.
import { clientResolver, provedProxies } from '../engine/client.ts';
import { costOf, logOrder } from '../engine/cost.ts';
import { endpointOf } from '../engine/endpoint.ts';
import type { RequestFilter } from '../engine/filter.ts';
import { agentGroup } from '../engine/visitor.ts';
import type { AccessEntry, AccessFormat } from '../model/access-entry.ts';
import { looksStatic, pathOf } from '../model/http.ts';
import type { FactSink, LineReader, TextFormat } from '../model/reader.ts';
import { type Tally, tally } from '../model/traffic.ts';
import { withoutNuls } from './head.ts';
import { lineSplitter } from './lines.ts';
import type { LiveRequest } from './live-window.ts';

const SCORE_MIN = 0.5;
/** Lines by which a log is recognised. */
const LINES_KEPT = 50;
/** So many unreadable lines in a row, and the format is looked for anew: the configuration was changed. */
const LOST_AFTER = 50;
/** Requests that tell whose addresses are forwarded. */
const PROOF_ENTRIES = 500;

export interface LiveLogOptions {
  readonly formats: readonly TextFormat[];
  readonly trustedProxies: readonly string[];
  readonly filter: RequestFilter;
}

export interface LiveLog {
  push(chunk: Uint8Array): void;
  /** The file begins anew: a line that was not complete never will be. */
  restart(): void;
  title(): string | undefined;
  unreadable(): number;
}

/** `before`: lines that stand in the log already. They tell what it is, and are not counted. */
export function liveLog(
  before: readonly string[],
  options: LiveLogOptions,
  onRequest: (request: LiveRequest) => void,
): LiveLog {
  let splitter = lineSplitter();
  let reader: LineReader | undefined;
  let title: string | undefined;
  let waiting: string[] = [];
  let lines = 0;
  let unreadable = 0;
  let lost = 0;
  let learning = false;
  const order = logOrder();
  const proof: AccessEntry[] = [];
  let clients = clientResolver([], options.trustedProxies);

  const learn = (entry: AccessEntry): void => {
    if (proof.length >= PROOF_ENTRIES) return;
    proof.push(entry);
    if (proof.length === PROOF_ENTRIES) clients = clientResolver(provedProxies(proof), options.trustedProxies);
  };

  const sink: FactSink = {
    event() {},
    sample() {},
    packet() {},
    seen() {},
    access(format, entry) {
      title = format.title;
      lost = 0;
      learn(entry);
      // The order is that of all lines, whichever are asked for.
      const lagMs = format.stamp === 'begin' && entry.at !== undefined ? order.lagMs(entry.at) : 0;
      if (learning) return;
      const address = clients.clientOf(entry);
      if (passes(options.filter, entry, address)) onRequest(requestOf(entry, format, address, lagMs));
    },
    unreadable() {
      if (learning) return;
      unreadable++;
      lost++;
    },
  };

  const recognise = (head: readonly string[]): LineReader | undefined => {
    let best = SCORE_MIN;
    let format: TextFormat | undefined;
    for (const one of options.formats) {
      const score = head.length > 0 ? one.recognise(head) : 0;
      if (score >= best && (format === undefined || score > best)) [format, best] = [one, score];
    }
    return format?.open(sink, head);
  };

  const onLine = (raw: string): void => {
    const text = withoutNuls(raw);
    if (reader) {
      reader.line(text, ++lines);
      if (lost < LOST_AFTER) return;
      reader = undefined;
      lost = 0;
      return;
    }
    if (text.trim() === '') return;
    waiting.push(text);
    const opened = recognise(waiting);
    if (opened) {
      reader = opened;
      for (const line of waiting) opened.line(line, ++lines);
      waiting = [];
    } else if (waiting.length >= LINES_KEPT) {
      unreadable += waiting.length;
      waiting = [];
    }
  };

  learning = true;
  reader = recognise(before);
  for (const line of before) reader?.line(line, 0);
  clients = clientResolver(provedProxies(proof), options.trustedProxies);
  learning = false;

  return {
    push: (chunk) => splitter.push(chunk, onLine),
    restart() {
      splitter = lineSplitter();
    },
    title: () => title,
    unreadable: () => unreadable,
  };
}

function passes(filter: RequestFilter, entry: AccessEntry, client: string): boolean {
  return (
    filter.client?.(client) !== false &&
    filter.path?.(pathOf(entry.target)) !== false &&
    filter.status?.(entry.status) !== false &&
    filter.method?.(entry.method) !== false &&
    filter.agent?.(entry.agent ?? '') !== false &&
    filter.host?.(entry.host ?? '') !== false
  );
}

function requestOf(entry: AccessEntry, format: AccessFormat, address: string, lagMs: number): LiveRequest {
  const dynamic = entry.method !== '' && !looksStatic(pathOf(entry.target));
  const at = format.stamp === 'end' ? (entry.at ?? 0) - (entry.durationMs ?? 0) : entry.at;
  return {
    address,
    endpoint: endpointOf(entry.method, entry.target),
    agent: agentGroup(entry.agent ?? '').name,
    tally: tallyOf(entry.status, {
      requests: 1,
      dynamic: dynamic ? 1 : 0,
      workerMs: costOf(entry, dynamic, lagMs).workerMs,
      bytes: entry.bytes ?? 0,
      ...(at !== undefined && { first: at, last: at }),
    }),
  };
}

function tallyOf(status: number, known: Partial<Tally>): Tally {
  const one = { ...tally(), ...known };
  if (status >= 500) one.failed = 1;
  else if (status >= 400) one.refused = 1;
  else if (status >= 300) one.redirected = 1;
  else if (status >= 200) one.ok = 1;
  if (status === 404) one.notFound = 1;
  else if (status === 408) one.clientTimeouts = 1;
  else if (status === 499) one.gaveUp = 1;
  return one;
}

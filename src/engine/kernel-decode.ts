// Reads what the log kernel counted out of its memory.
import type { Evidence } from '../model/evidence.ts';
import { type Table, table } from '../model/table.ts';
import {
  addFigures,
  type Cost,
  counter,
  type GroupTally,
  type ReplyTally,
  type SliceProfile,
  type SourceDetail,
  sliceProfile,
  type Tally,
  type Traffic,
  type TrafficProfile,
  trafficProfile,
} from '../model/traffic.ts';
import {
  COST,
  COST_BYTES,
  ENTRY,
  ENTRY_BYTES,
  ENTRY_TALLY,
  GROUP,
  LAGS,
  LIST,
  LIST_BYTES,
  REPLIES,
  REPLY,
  REPLY_BYTES,
  REPLY_TALLY,
  SLICE,
  SOURCE,
} from './kernel-layout.ts';
import {
  countsAt,
  distinctOf,
  fillCounter,
  fillDistinct,
  fillTally,
  groupOf,
  type Memory,
  memoryOf,
  type QuotedFrom,
  quotesAt,
  tableOf,
  tallyOf,
} from './kernel-memory.ts';
import type { KernelCount } from './kernel-task.ts';
import { lazySlice } from './lazy-slice.ts';
import { sourceDetail } from './source-detail.ts';

/** Of one part of a log; who stands in front of the site is known only when all parts are. */
export interface DecodedTraffic {
  readonly traffic: Omit<Traffic, 'proxies' | 'hiddenBehind' | 'bytes'>;
  /** Reads what is still in the kernel's memory: before that is used again. */
  settle(): void;
}

/** What became of one part of a log. The tables of its slices are read when somebody looks at them, or when it is settled. */
export function decodeTraffic(kernel: KernelCount, from: QuotedFrom): DecodedTraffic {
  const memory = memoryOf(kernel.memory, from);
  const { places } = kernel;
  const slices = slicesOf(memory, kernel);
  const traffic = {
    whole: wholeOf(memory, kernel, slices),
    slices,
    sliceMs: kernel.sliceMs,
    sources: tableOf(memory, places.sources, (at) => [memory.nameAt(at + SOURCE.name), sourceOf(memory, at)]),
    ...(kernel.hasGroups && {
      groups: tableOf(memory, places.groups, (at) => [pairAt(memory, at), groupOf(memory, at)]),
    }),
    failures: tableOf(memory, places.failures, (at) => replyOf(memory, at, '-')),
    xmlrpc: tableOf(memory, places.xmlrpc, (at) => replyOf(memory, at, '0')),
    timing: {
      logged: kernel.figure('logged'),
      fromOrder: kernel.figure('fromOrder'),
      estimated: kernel.figure('estimated'),
    },
    undated: kernel.figure('undated'),
    filtered: kernel.figure('filtered'),
  };
  return {
    traffic,
    settle() {
      for (const { profile } of slices) void profile.addresses;
    },
  };
}

function pairAt(memory: Memory, at: number): string {
  const first = memory.nameAt(at + GROUP.name);
  return memory.u32(at + GROUP.second) === 0 ? first : `${first}\n${memory.nameAt(at + GROUP.second)}`;
}

function wholeOf(memory: Memory, kernel: KernelCount, slices: Traffic['slices']): TrafficProfile {
  const { places } = kernel;
  const groups = (at: number): Table<GroupTally> =>
    tableOf(memory, at, (entry) => [memory.nameAt(entry + GROUP.name), groupOf(memory, entry)]);
  const whole = trafficProfile(0);
  for (const { profile } of slices) addFigures(whole, profile);
  return {
    ...whole,
    networks: groups(places.networks),
    endpoints: groups(places.endpoints),
    agents: groups(places.agents),
    referers: groups(places.referers),
    hosts: groups(places.hosts),
    methods: groups(places.methods),
    statuses: groups(places.statuses),
    sizes: countsAt(memory, places.sizes, whole.sizes.length),
  };
}

const SLICE_CAPACITY = 96;

function slicesOf(memory: Memory, kernel: KernelCount): Traffic['slices'] {
  const widthMs = kernel.sliceMs;
  return Array.from({ length: kernel.slices }, (_, i) => memory.u32(kernel.places.closed + i * 4))
    .map((at) => ({ from: memory.f64(at + SLICE.index) * widthMs, widthMs, profile: sliceOf(memory, at) }))
    .sort((a, b) => a.from - b.from);
}

function sliceOf(memory: Memory, at: number): SliceProfile {
  const empty = sliceProfile(SLICE_CAPACITY);
  const figures = {
    total: groupOf(memory, at + SLICE.total, empty.total.members.precision),
    completed: memory.f64(at + SLICE.completed),
    durations: countsAt(memory, at + SLICE.durations, empty.durations.length),
  };
  return lazySlice(figures, () => ({
    addresses: listOf(memory, at, { kind: 0, capacity: empty.addresses.capacity, bytes: ENTRY_BYTES }, entryTally),
    networks: listOf(memory, at, { kind: 1, capacity: empty.networks.capacity, bytes: ENTRY_BYTES }, entryTally),
    endpoints: listOf(memory, at, { kind: 2, capacity: empty.endpoints.capacity, bytes: COST_BYTES }, costOf),
    referers: listOf(memory, at, { kind: 3, capacity: empty.referers.capacity, bytes: COST_BYTES }, costOf),
  }));
}

function listOf<T>(
  memory: Memory,
  slice: number,
  list: { readonly kind: number; readonly capacity: number; readonly bytes: number },
  read: (memory: Memory, at: number) => T,
): Table<T> {
  const place = slice + SLICE.lists + list.kind * LIST_BYTES;
  const made = table<T>(list.capacity);
  made.folded = memory.f64(place + LIST.folded);
  made.errorBound = memory.f64(place + LIST.errorBound);
  const entries = memory.u32(place + LIST.entries);
  const count = memory.u32(place + LIST.count);
  for (let i = 0; i < count; i++) {
    const entry = entries + i * list.bytes;
    made.entries.set(memory.nameAt(entry + ENTRY.name), read(memory, entry));
  }
  return made;
}

function entryTally(memory: Memory, at: number): Tally {
  return tallyOf(memory, at + ENTRY_TALLY);
}

function costOf(memory: Memory, at: number): Cost {
  return { requests: memory.u32(at + COST.requests), workerMs: memory.f64(at + COST.workerMs) };
}

function sourceOf(memory: Memory, at: number): SourceDetail {
  const made = sourceDetail();
  fillTally(made, memory, at);
  for (let i = 0; i < memory.u32(at + SOURCE.endpoints); i++)
    made.endpoints.counts.set(
      memory.nameAt(at + SOURCE.endpointsAt + i * 4),
      memory.u32(at + SOURCE.endpointCountsAt + i * 4),
    );
  made.endpoints.others = memory.u32(at + SOURCE.endpointsOthers);
  fillCounter(made.agents, memory, at + SOURCE.agentsAt, memory.u32(at + SOURCE.agents));
  made.agents.others = memory.u32(at + SOURCE.agentsOthers);
  made.loginFailed = memory.u32(at + SOURCE.loginFailed);
  made.loginPassed = memory.u32(at + SOURCE.loginPassed);
  made.probes = memory.u32(at + SOURCE.probes);
  fillDistinct(made.probed, memory, at + SOURCE.probed);
  fillDistinct(made.targets, memory, at + SOURCE.targets);
  made.assets = memory.u32(at + SOURCE.assets);
  made.posts = memory.u32(at + SOURCE.posts);
  made.referred = memory.u32(at + SOURCE.referred);
  made.requestBytes = memory.f64(at + SOURCE.requestBytes);
  made.requestsSized = memory.u32(at + SOURCE.requestsSized);
  made.examples = quotesAt(memory, at + SOURCE.examplesAt, memory.u32(at + SOURCE.examples));
  made.passedLogins = quotesAt(memory, at + SOURCE.passedAt, memory.u32(at + SOURCE.passedLogins));
  made.adminRequests = quotesAt(memory, at + SOURCE.adminAt, memory.u32(at + SOURCE.adminRequests));
  made.earlyAdminRequests = quotesAt(memory, at + SOURCE.earlyAdminAt, memory.u32(at + SOURCE.earlyAdminRequests));
  const lags = memory.u32(at + SOURCE.lags);
  if (lags !== 0) made.lags = lagsAt(memory, lags);
  const replies = memory.u32(at + SOURCE.replies);
  if (replies !== 0) fillReplies(made, memory, replies);
  return made;
}

function lagsAt(memory: Memory, at: number): Map<number, number> {
  const lags = new Map<number, number>();
  for (let seconds = 0; seconds < LAGS; seconds++) {
    const times = memory.u32(at + seconds * 4);
    if (times > 0) lags.set(seconds, times);
  }
  return lags;
}

function fillReplies(into: SourceDetail, memory: Memory, at: number): void {
  const replies = counter();
  replies.others = memory.u32(at + REPLIES.others);
  const examples = new Map<string, Evidence>();
  for (let i = 0; i < memory.u32(at + REPLIES.count); i++) {
    const reply = at + REPLIES.first + i * REPLY_BYTES;
    const protocol = memory.nameAt(reply + REPLY.protocol);
    const key = `${protocol} ${memory.u32(reply + REPLY.status)} ${memory.f64(reply + REPLY.bytes)}`;
    replies.counts.set(key, memory.u32(reply + REPLY.count));
    examples.set(key, memory.quoteAt(reply + REPLY.quote));
  }
  into.xmlrpc = replies;
  into.xmlrpcExamples = examples;
}

/** With its key; `unsized` stands for a size that was not logged. */
function replyOf(memory: Memory, at: number, unsized: string): readonly [string, ReplyTally] {
  const bytes = memory.f64(at + REPLY_TALLY.bytes);
  const parts = [memory.u32(at + REPLY_TALLY.status), bytes < 0 ? unsized : bytes];
  const isXmlrpc = memory.u32(at + REPLY_TALLY.protocol) !== 0;
  const key = isXmlrpc ? [memory.nameAt(at + REPLY_TALLY.protocol), ...parts] : parts;
  return [
    key.join(' '),
    {
      count: memory.u32(at + REPLY_TALLY.count),
      first: memory.f64(at + REPLY_TALLY.first),
      last: memory.f64(at + REPLY_TALLY.last),
      sources: distinctOf(memory, at + REPLY_TALLY.sources),
      targets: distinctOf(memory, at + REPLY_TALLY.targets),
      examples: quotesAt(memory, at + REPLY_TALLY.examplesAt, memory.u32(at + REPLY_TALLY.examples)),
    },
  ];
}

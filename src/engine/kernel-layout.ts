// How things lie in the memory of the log kernel: the classes of src/engine/assembly/, in bytes. Where they differ, what the kernel counts is
// not what the reference counts, and src/sources/kernel.test.ts fails.

/** What `placeOf` tells, by number. */
export const PLACES = [
  'input',
  'scratch',
  'columns',
  'proxies4',
  'proxies6',
  'excludedStatuses',
  'figures',
  'sizes',
  'networks',
  'endpoints',
  'agents',
  'referers',
  'hosts',
  'methods',
  'statuses',
  'groups',
  'sources',
  'failures',
  'xmlrpc',
  'closed',
  'peers',
] as const;

export type Place = (typeof PLACES)[number];

/** Doubles at `figures`. */
export const FIGURES = [
  'entries',
  'undated',
  'strays',
  'outside',
  'filtered',
  'spanFrom',
  'spanTo',
  'logged',
  'fromOrder',
  'estimated',
  'newest',
  'lines',
] as const;

export type Figure = (typeof FIGURES)[number];

/** Kinds of names. */
export const KIND = {
  address: 0,
  network: 3,
  path: 4,
  folded: 5,
  shape: 6,
  keys: 7,
  endpoint: 8,
  agent: 9,
  referer: 10,
  host: 11,
  method: 12,
} as const;

/** Facts of names. */
export const FACT = {
  static: 1,
  probe: 2,
  probeWhenMissing: 4,
  xmlrpc: 8,
  login: 16,
  wpLogin: 32,
  administration: 64,
  campaign: 1,
  trusted: 1,
  excluded: 128,
} as const;

/** What may stand before the time, and the columns at the end of a line. */
export const PREFIX: Readonly<Record<string, number>> = { plain: 0, vhost: 1, 'host-ident': 2 };
export const COLUMN: Readonly<Record<string, number>> = {
  skip: 0,
  durationUs: 1,
  durationMs: 2,
  durationS: 3,
  durationSUs: 4,
  upstream: 5,
  requestBytes: 6,
  forwarded: 7,
  host: 8,
};
export const COLUMNS_MAX = 40;

export const INPUT_BYTES = 1 << 18;
/** The scratch: a text, the line that is quoted, and its protocol, each with room for 64 kB and more. */
export const SCRATCH_QUOTE = 128 * 1024;
export const SCRATCH_PROTOCOL = 192 * 1024;

export const TALLY = {
  requests: 0,
  dynamic: 4,
  ok: 8,
  redirected: 12,
  refused: 16,
  failed: 20,
  clientTimeouts: 24,
  gaveUp: 28,
  notFound: 32,
  workerMs: 40,
  bytes: 48,
  first: 56,
  minusLast: 64,
} as const;

export const GROUP = { name: 72, second: 76, members: 88 } as const;
export const NAME = { length: 4, link: 16, text: 36 } as const;
export const TABLE = { count: 4, entries: 8, folded: 16, errorBound: 24, told: 32 } as const;
export const DISTINCT = { count: 0, block: 4, first: 8 } as const;
export const DISTINCT_INLINE = 6;
export const DISTINCT_REGISTERS = 0xffffffff;

export const SLICE = { index: 0, completed: 8, total: 24, lists: 144, durations: 240 } as const;
export const LIST = { count: 0, entries: 4, folded: 8, errorBound: 16 } as const;
export const LIST_BYTES = 24;
export const ENTRY = { name: 0 } as const;
export const ENTRY_BYTES = 80;
/** The tally of an entry stands behind its name. */
export const ENTRY_TALLY = 8;
export const COST = { workerMs: 8, requests: 16 } as const;
export const COST_BYTES = 24;
/** A text as it was quoted, behind its length. */
export const QUOTE = { text: 4 } as const;

export const SOURCE = {
  name: 72,
  endpoints: 76,
  agents: 80,
  examples: 84,
  targets: 128,
  assets: 160,
  posts: 164,
  referred: 168,
  endpointsOthers: 172,
  agentsOthers: 176,
  probes: 180,
  loginFailed: 184,
  loginPassed: 188,
  endpointsAt: 192,
  endpointCountsAt: 288,
  agentsAt: 384,
  requestBytes: 448,
  requestsSized: 456,
  passedLogins: 460,
  adminRequests: 464,
  earlyAdminRequests: 468,
  lags: 472,
  replies: 476,
  probed: 480,
  examplesAt: 512,
  passedAt: 536,
  adminAt: 560,
  earlyAdminAt: 600,
} as const;
export const LAGS = 181;

/** Kinds of replies of one source. */
export const REPLIES = { count: 0, others: 4, first: 8 } as const;
export const REPLY = { bytes: 0, protocol: 8, status: 12, count: 16, quote: 20, line: 24 } as const;
export const REPLY_BYTES = 32;

/** Replies of the whole record. */
export const REPLY_TALLY = {
  bytes: 0,
  first: 8,
  last: 16,
  protocol: 24,
  status: 28,
  count: 32,
  examples: 36,
  sources: 40,
  targets: 72,
  examplesAt: 104,
} as const;

/** A pair of numbers: a name with a count, or a quote with its line. */
export const PAIR_BYTES = 8;
export const PEER_BYTES = 12;

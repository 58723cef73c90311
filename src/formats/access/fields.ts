// The fields that an access log line may carry, and how the text of each goes into an entry, whatever the line's layout.
import type { AccessEntry } from '../../model/access-entry.ts';
import { countOf, decimalOf, msOfSeconds, upstreamMs } from './numbers.ts';
import { unescapeQuotes } from './quoted.ts';
import { splitRequest } from './request-line.ts';

/** An entry that is being filled. */
export type Draft = { -readonly [K in keyof AccessEntry]: AccessEntry[K] };

export function emptyDraft(): Draft {
  return { at: undefined, client: '', method: '', target: '', protocol: '', status: 0 };
}

/** Puts the text into the entry; false when the text cannot stand there, so that the line is not of this format. */
type Put = (draft: Draft, text: string) => boolean;

const absent = (text: string): boolean => text === '-' || text === '' || text === '""';

/** A field that is free text. */
function text(put: (draft: Draft, value: string) => void): Put {
  return (draft, raw) => {
    if (!absent(raw)) put(draft, unescapeQuotes(raw));
    return true;
  };
}

/** A field that is a number or `-`. */
function figure(read: (text: string) => number | undefined, put: (draft: Draft, value: number) => void): Put {
  return (draft, raw) => {
    if (absent(raw)) return true;
    const value = read(raw);
    if (value === undefined) return false;
    put(draft, value);
    return true;
  };
}

function duration(perUnitMs: number): Put {
  return figure(decimalOf, (draft, value) => {
    draft.durationMs = msOfSeconds((value * perUnitMs) / 1000);
  });
}

const microseconds = duration(1e-3);

export const FIELDS = {
  skip: () => true,
  client: (draft, raw) => {
    if (raw === '' || raw.includes(' ')) return false;
    draft.client = raw;
    return true;
  },
  /** The peer of the connection where the client was taken from a header: it counts only when nothing better is there. */
  peer: (draft, raw) => {
    if (draft.client === '' && !absent(raw)) draft.client = raw;
    return true;
  },
  forwarded: text((draft, value) => {
    draft.forwarded = value;
  }),
  user: text((draft, value) => {
    draft.user = value;
  }),
  host: text((draft, value) => {
    draft.host = value;
  }),
  request: (draft, raw) => {
    const { method, target, protocol } = splitRequest(unescapeQuotes(raw));
    draft.method = method;
    draft.target = target;
    draft.protocol = protocol;
    return true;
  },
  method: text((draft, value) => {
    draft.method = value;
  }),
  /** A target or path; the query may follow as a field of its own. */
  target: text((draft, value) => {
    draft.target = value;
  }),
  /** With or without its question mark; nothing when the target has one already. */
  query: text((draft, value) => {
    if (!draft.target.includes('?')) draft.target += value.startsWith('?') ? value : `?${value}`;
  }),
  protocol: text((draft, value) => {
    draft.protocol = value;
  }),
  status: (draft, raw) => {
    if (raw === '-') return true;
    if (!/^\d{3}$/.test(raw)) return false;
    draft.status = Number(raw);
    return true;
  },
  bytes: (draft, raw) => {
    const value = countOf(raw);
    if (value === undefined) return false;
    draft.bytes = value;
    return true;
  },
  requestBytes: figure(countOf, (draft, value) => {
    draft.requestBytes = value;
  }),
  durationUs: microseconds,
  durationMs: duration(1),
  durationS: duration(1000),
  /** `%T/%D` as one word, as RHEL's and many a control panel's examples have it: the second figure is the finer one. */
  durationSUs: (draft, raw) => microseconds(draft, raw.slice(raw.indexOf('/') + 1)),
  upstream: (draft, raw) => {
    const value = upstreamMs(raw);
    if (value !== undefined) draft.upstreamMs = value;
    return true;
  },
  referer: text((draft, value) => {
    draft.referer = value;
  }),
  agent: text((draft, value) => {
    draft.agent = value;
  }),
} satisfies Record<string, Put>;

export type FieldName = keyof typeof FIELDS;

export function putField(draft: Draft, field: FieldName, raw: string): boolean {
  return FIELDS[field](draft, raw);
}

/**
 * When no peer is logged, only a forwarded address: the last of the list is the one that the nearest proxy saw itself,
 * the ones before it are what the client claimed.
 */
export function clientFromForwarded(draft: Draft): void {
  if (draft.client !== '' || draft.forwarded === undefined) return;
  draft.client = draft.forwarded.slice(draft.forwarded.lastIndexOf(',') + 1).trim();
}

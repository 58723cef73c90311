// What captured requests turn out to be, sender by sender and in all.
import type { BodyKind, CapturedRequest, NameCount } from './capture.ts';
import type { EpochMs, TimeSpan } from './time.ts';

export const CAPTURE_KINDS = [
  'passwords',
  'reflection',
  'denial-of-service',
  'legitimate',
  'mixed',
  'unclear',
  'nothing',
] as const;

export type CaptureKind = (typeof CAPTURE_KINDS)[number];

export const SENDER_KINDS = ['passwords', 'reflection', 'denial-of-service', 'client', 'visitor', 'unclear'] as const;

/** `client`: a program that works with the site as it may. `visitor`: a person's forms. */
export type SenderKind = (typeof SENDER_KINDS)[number];

/** Why it is what it is; the words stand in the report. */
export type SenderReason =
  | { readonly kind: 'guesses'; readonly logins: number; readonly requests: number; readonly users: number }
  | { readonly kind: 'multicall'; readonly most: number; readonly requests: number }
  | { readonly kind: 'answers'; readonly refused: number; readonly accepted: number }
  | { readonly kind: 'pingbacks'; readonly count: number; readonly victims: readonly NameCount[] }
  | { readonly kind: 'held'; readonly seconds: number; readonly requests: number }
  | { readonly kind: 'no-work'; readonly requests: number; readonly bodies: readonly NameCount[] }
  | { readonly kind: 'rate'; readonly perSecond: number; readonly requests: number }
  | { readonly kind: 'mark'; readonly mark: 'jetpack' | 'app'; readonly text: string }
  | { readonly kind: 'one-user'; readonly user: string; readonly methods: number }
  | { readonly kind: 'few-logins'; readonly logins: number }
  | { readonly kind: 'forms'; readonly requests: number }
  | { readonly kind: 'together'; readonly senders: number; readonly count: number }
  | { readonly kind: 'few'; readonly requests: number };

export interface CaptureSender {
  /** Canonical; behind a proxy that is known, whom it forwards for. */
  readonly address: string;
  readonly kind: SenderKind;
  /** (k + 1) / (n + 2), where k of its n requests show it: the rule of succession. */
  readonly sureness: number;
  readonly requests: number;
  readonly span?: TimeSpan;
  readonly logins: number;
  readonly users: readonly NameCount[];
  /** Absent where nobody asked WordPress. */
  readonly accepted?: number;
  readonly refused?: number;
  readonly pingbacks: number;
  readonly victims: readonly NameCount[];
  readonly methods: readonly NameCount[];
  readonly paths: readonly NameCount[];
  readonly bodies: readonly { readonly name: BodyKind; readonly count: number }[];
  readonly agents: readonly NameCount[];
  /** Body bytes of WordPress's replies to what it sends, as the access log has them (docs/xmlrpc.md). */
  readonly replyBytes: readonly number[];
  readonly reasons: readonly SenderReason[];
}

export interface CaptureVerdict {
  readonly kind: CaptureKind;
  readonly sureness: number;
  readonly requests: number;
  readonly span?: TimeSpan;
  /** Requests by what their senders are. */
  readonly byKind: Readonly<Record<SenderKind, number>>;
  /** Those who do harm first, then by requests; at most 200. */
  readonly senders: readonly CaptureSender[];
  readonly moreSenders: number;
  /** Accounts that were tried by those who guess. */
  readonly users: readonly NameCount[];
  readonly logins: number;
  /** Hosts that the site was made to call. */
  readonly victims: readonly NameCount[];
  readonly pingbacks: number;
  /** A sender that guesses was let in. */
  readonly letIn: readonly string[];
}

/** How it was looked. */
export type CaptureWay =
  | {
      readonly kind: 'drop-in';
      readonly site: string;
      readonly through: 'mu-plugin' | 'user-ini';
      readonly wordpress?: string;
      readonly span: TimeSpan;
      readonly endedBy: 'time' | 'count' | 'person';
      /** Lines of the notes that could not be read. */
      readonly unreadable: number;
    }
  | {
      readonly kind: 'packets';
      /** The file, or the command that listened. */
      readonly from: string;
      readonly frames: number;
      /** Of the TCP segments: cut short by the capture, encrypted, let go for want of memory. */
      readonly cut: number;
      readonly encrypted: number;
      readonly dropped: number;
      /** What was wrong with the file. */
      readonly complaint?: string;
    };

export interface CaptureFindings {
  readonly readAt: EpochMs;
  readonly way: CaptureWay;
  readonly verdict: CaptureVerdict;
  /** A few, one of each kind of request. */
  readonly examples: readonly CapturedRequest[];
  /** What a person should know of this capture, in words. */
  readonly notes: readonly string[];
  /** What is kept of it on the host, where, and how it is deleted; in words. */
  readonly kept: string;
}

// The remedy as a value: what to do is plain data that can be printed, stored, repeated, undone and backtested.
import type { Traffic } from './traffic.ts';

/** What to do, with all its parameters. */
export type RemedyPlan =
  | {
      readonly kind: 'block';
      readonly targets: readonly string[];
      readonly forSeconds: number;
      readonly reason: string;
    }
  /** `behind`: proxies that are configured or proved, whose X-Forwarded-For is believed where the web server knows of none. */
  | {
      readonly kind: 'deny-forwarded';
      readonly targets: readonly string[];
      readonly behind?: readonly string[];
      readonly reason: string;
    }
  | {
      readonly kind: 'deny-endpoint';
      readonly path: string;
      readonly except: readonly string[];
      readonly reason: string;
    }
  | { readonly kind: 'limit-endpoint'; readonly path: string; readonly perMinute: number; readonly reason: string }
  | { readonly kind: 'limit-agent'; readonly agent: string; readonly reason: string }
  | { readonly kind: 'limit-workers'; readonly program: string; readonly workers: number; readonly reason: string }
  | { readonly kind: 'limit-connections'; readonly perAddress: number; readonly reason: string }
  | { readonly kind: 'restart-web'; readonly reason: string }
  | { readonly kind: 'start-service'; readonly service: string; readonly reason: string }
  | { readonly kind: 'repair-tables'; readonly tables: readonly string[]; readonly reason: string }
  | { readonly kind: 'protect-database'; readonly service: string; readonly reason: string }
  | { readonly kind: 'free-disk'; readonly places: readonly string[]; readonly reason: string }
  | { readonly kind: 'stop-process'; readonly program: string; readonly reason: string }
  | { readonly kind: 'fix-database-access'; readonly detail: string; readonly reason: string }
  | { readonly kind: 'fix-database-start'; readonly detail: string; readonly reason: string }
  | { readonly kind: 'disable-component'; readonly component: string; readonly reason: string }
  | { readonly kind: 'raise-connections'; readonly reason: string }
  | { readonly kind: 'fix-queries'; readonly statement: string; readonly reason: string }
  | { readonly kind: 'limit-backend-wait'; readonly peer: string; readonly reason: string }
  | { readonly kind: 'enable-syn-cookies'; readonly reason: string }
  | { readonly kind: 'limit-request-time'; readonly reason: string }
  | { readonly kind: 'change-passwords'; readonly reason: string }
  /** `before`: epoch ms of the first crash. */
  | { readonly kind: 'find-change'; readonly program: string; readonly before: number; readonly reason: string };

export type RemedyKind = RemedyPlan['kind'];
export type PlanOf<K extends RemedyKind> = Extract<RemedyPlan, { kind: K }>;

/** Exactly what would be done, before it is. */
export interface Preview {
  /** In words, one line. */
  readonly title: string;
  /** Commands as a person would type them, one a line. */
  readonly commands: readonly string[];
  /** How it is taken back; empty when there is nothing to take back. */
  readonly undo: readonly string[];
}

/** Whom else it would have hit in the recorded traffic. */
export interface Reach {
  /** Requests in the record that it would have stopped, and their share of the cost (0 to 1). */
  readonly requests: number;
  readonly costShare: number;
  /** Other addresses that would have been hit, at most 20, and how many in all. */
  readonly bystanders: readonly string[];
  readonly bystanderCount: number;
}

/** What is known of the host that a remedy is for; what is not known is shown for each possibility. */
export interface KnownHost {
  readonly web?: 'apache' | 'nginx';
}

/** One kind of remedy. Acting on a host joins `preview` and `reach` here: plain data in, effects at the edge. */
export interface Remedy<K extends RemedyKind = RemedyKind> {
  readonly kind: K;
  preview(plan: PlanOf<K>, host: KnownHost): Preview;
  /** `undefined` when traffic does not bear on it. */
  reach(plan: PlanOf<K>, traffic: Traffic): Reach | undefined;
}

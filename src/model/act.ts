// Acting on a host: what will be changed is plain data, written down before it is done, and taken back from what was written.
import type { Argv, FileState, Host, HostReader, ProcessId } from './host.ts';
import type { PlanOf, RemedyKind, RemedyPlan } from './remedy.ts';
import type { EpochMs } from './time.ts';

/**
 * One change of the host, with all that is needed to do it again and to take it back. Doing it twice is doing it once, and so is
 * taking it back: after a crash nobody knows how far it came.
 */
export type Change =
  /** `before` or `after` absent: no file. Refused when the file is neither as before nor as after. */
  | { readonly kind: 'file'; readonly path: string; readonly before?: FileState; readonly after?: FileState }
  /** Elements of our own nftables sets (or ipset's); canonical addresses or networks. The table is made when it is missing. */
  | { readonly kind: 'ban'; readonly targets: readonly string[]; readonly until: EpochMs }
  /** Ends bans before their time, all of these targets. Taken back, they hold again for the rest of it. */
  | { readonly kind: 'unban'; readonly targets: readonly string[] }
  /** Ends the connections of these addresses and networks. Nothing to take back. */
  | { readonly kind: 'cut'; readonly targets: readonly string[] }
  /** `was`: whether it ran before. Taken back to that. A reload is repeated when it is taken back (files went back first). */
  | {
      readonly kind: 'service';
      readonly service: Service;
      readonly verb: 'start' | 'stop' | 'restart' | 'reload';
      readonly was: 'running' | 'stopped';
      /**
       * Of a stop: leaders of sessions, of which other programs than the leader's own are ended while it stops. Apache waits for its
       * CGI programs for 10 s.
       */
      readonly hasten?: readonly NamedProcess[];
    }
  /**
   * Ends processes, each by pid and start: asked first, then killed after `graceMs`. Nothing to take back. `sessions`: leaders of
   * sessions (setsid(2)), of which everything that is left is ended too: what a service started after it was looked at stays in the
   * session of its main process, also when its parents are gone.
   */
  | {
      readonly kind: 'end';
      readonly processes: readonly NamedProcess[];
      readonly graceMs: number;
      readonly sessions?: readonly ProcessId[];
    }
  /** Files copied aside before a program changes them in place; taken back by copying them back, when `restore` is said. */
  | { readonly kind: 'copy'; readonly files: readonly string[]; readonly to: string; readonly restore: boolean }
  /** A program with an effect of its own; `undo` takes it back. It must bear being run twice. */
  | { readonly kind: 'run'; readonly argv: Argv; readonly timeoutMs: number; readonly undo?: Argv };

export interface NamedProcess extends ProcessId {
  /** The program's name, for people. */
  readonly name: string;
}

/** A service and how it is started and stopped on this host: all argument lists are complete. */
export interface Service {
  /** "mariadb", "apache2", "nginx", "php8.2-fpm". */
  readonly name: string;
  readonly role: 'web' | 'php' | 'database';
  readonly start: Argv;
  readonly stop: Argv;
  readonly reload?: Argv;
  /** Exits 0 when its configuration is sound. */
  readonly test?: Argv;
  /** The main process's pid file, where there is one. */
  readonly pidFile?: string;
}

/** What a remedy would do on this host. */
export interface Prepared {
  /** In words, one line. */
  readonly title: string;
  /** In the order to do them; taken back in the opposite order. */
  readonly changes: readonly Change[];
  /** What a person should know: left-out targets and why, what can't be taken back. */
  readonly notes: readonly string[];
  /** When it is taken back by itself. */
  readonly until?: EpochMs;
  /** Some of those whom it is meant for are left out, as the notes say: it does not do all that was asked. */
  readonly partly?: true;
}

/** Why nothing may or can be done, and what to do instead. */
export interface Refusal {
  readonly refused: string;
}

/** One thing that was looked at to see whether a remedy works, with its figures. */
export interface Proof {
  readonly ok: boolean;
  /** "31 packets of 203.0.113.7 dropped in 5 s". */
  readonly text: string;
  /** Of what is not ok: the remedy that mends it, where one does. */
  readonly mendedBy?: RemedyKind;
}

/** A remedy on a live host. Looking never changes anything; changes are done by whoever holds the journal. */
export interface LiveRemedy<K extends RemedyKind = RemedyKind> {
  readonly kind: K;
  prepare(plan: PlanOf<K>, host: HostReader): Promise<Prepared | Refusal>;
  /** By its effect, after the changes were done. Takes seconds, and says how long it watched. */
  verify(plan: PlanOf<K>, done: Prepared, host: HostReader): Promise<readonly Proof[]>;
}

/**
 * planned: written down, nothing done yet. doing, undoing: somewhere in between. failed: a change failed and what was done was
 * taken back, as far as `trouble` doesn't say otherwise.
 */
export type ActState = 'planned' | 'doing' | 'done' | 'undoing' | 'undone' | 'failed';

/** What a person asks for that no diagnosis recommends. */
export interface UnblockPlan {
  readonly kind: 'unblock';
  readonly targets: readonly string[];
  readonly reason: string;
}

/** A moment in which a drop-in notes what requests ask for. */
export interface CapturePlan {
  readonly kind: 'capture';
  /** Root of the site. */
  readonly site: string;
  readonly through: 'mu-plugin' | 'user-ini';
  /** When the drop-in stops by itself. */
  readonly until: EpochMs;
  /** Where it notes what it sees, until that is read and deleted. */
  readonly folder: string;
  /** The Seawall that watches it: when that is gone, it is taken back by the next one. */
  readonly holder: ProcessId;
  readonly reason: string;
}

export type ActPlan = RemedyPlan | UnblockPlan | CapturePlan;

/** One remedy that was carried out, or is about to be. */
export interface Act {
  /** Counts from 1 on this host. */
  readonly id: number;
  readonly plan: ActPlan;
  readonly prepared: Prepared;
  readonly state: ActState;
  /** Who asked for it: the user, and who they were before sudo. */
  readonly by: string;
  readonly createdAt: EpochMs;
  readonly changedAt: EpochMs;
  /** How many of the changes were begun, in order. More than 0 on a failed act: these could not be taken back. */
  readonly begun: number;
  /** What went wrong, and what is left of it on the host. */
  readonly trouble?: string;
}

/** The record that outlives us. Each call is on disk when it returns. */
export interface Journal {
  plan(plan: ActPlan, prepared: Prepared, at: EpochMs): Act;
  update(id: number, news: { state?: ActState; begun?: number; trouble?: string }, at: EpochMs): Act;
  act(id: number): Act | undefined;
  /** Newest first. */
  acts(states?: readonly ActState[]): readonly Act[];
}

/** Carries changes of one kind out on a host. Both ways must bear being repeated, whatever a crash left half-done. */
export interface Changer<C extends Change = Change> {
  apply(change: C, host: Host, act: Act): Promise<void>;
  revert(change: C, host: Host, act: Act): Promise<void>;
}

export type Changers = { readonly [K in Change['kind']]: Changer<Extract<Change, { kind: K }>> };

/** A block that should hold, as long as it is neither expired nor lifted. */
export interface Ban {
  /** A canonical address or network. */
  readonly target: string;
  readonly reason: string;
  readonly since: EpochMs;
  readonly until: EpochMs;
  readonly by: string;
  /** The act that it was done by; absent when it was found in the firewall. */
  readonly act?: number;
}

/** The wish that the firewall is brought to. Each call is on disk when it returns; repeated, it changes nothing more. */
export interface BanBook {
  add(act: Act, targets: readonly string[], until: EpochMs): void;
  /** Takes back what `add` did for this act. */
  remove(act: Act): void;
  /** Ends the bans of these targets before their time. */
  lift(act: Act, targets: readonly string[]): void;
  /** Takes back what `lift` did for this act. */
  unlift(act: Act): void;
  /** Takes up what stands in the firewall and in no book: blocked by hand, or before the book was lost. */
  adopt(bans: readonly Pick<Ban, 'target' | 'until'>[], at: EpochMs): void;
  /** What should hold at a time, oldest first. One target may stand in it more than once: the longest counts. */
  bans(at: EpochMs): readonly Ban[];
}

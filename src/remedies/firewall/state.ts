// What a firewall holds of ours, whichever program it is told by.
import type { HostReader } from '../../model/host.ts';
import type { Piece } from './ranges.ts';

/** A piece in the firewall. */
export interface HeldPiece extends Piece {
  /** Packets dropped for it; absent where the kernel doesn't count them one by one. */
  readonly packets?: number;
  readonly bytes?: number;
}

export interface Held {
  readonly pieces: readonly HeldPiece[];
  /** Whether all of our rules stand. */
  readonly whole: boolean;
  /** Nothing of ours is there at all. */
  readonly empty: boolean;
  /** Packets dropped by all rules since these were written. */
  readonly dropped: number;
}

export interface Firewall {
  /** "nftables", "iptables with ipset" */
  readonly name: string;
  /** The pieces as this firewall holds them. */
  form(wish: readonly Piece[]): readonly Piece[];
  /** @throws HostError */
  read(host: HostReader): Promise<Held>;
  /**
   * Brings the firewall to exactly these. Nothing of ours stays when there are none.
   * @throws HostError, and the firewall is as it was as far as the program can do it in one step.
   */
  write(host: HostReader, wish: readonly Piece[], held: Held): Promise<void>;
}

/** Most of 20,000 elements is 2 MB; a hundred times as many is read to its end. */
export const LIST_MAX = 256 << 20;
export const SLOW_MS = 60_000;

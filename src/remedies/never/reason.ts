// Somebody who is never blocked, as each source of them tells it.

/** An address or network that is never blocked, nor any network that holds a part of it. */
export interface Never {
  readonly target: string;
  readonly why: string;
  readonly instead: string;
}

// A site of this host as a visitor would ask for it, whichever web server has it.
import { canonicalAddress } from '../model/address.ts';

/** One name at one port. */
export interface Site {
  /** The name to ask for; empty where the configuration has none. */
  readonly name: string;
  readonly port: number;
  readonly tls: boolean;
  /** Where to ask on this host, when it doesn't listen everywhere. */
  readonly address?: string;
  readonly root?: string;
}

/** Where somebody listens. */
export interface Door {
  readonly port: number;
  /** Absent for all addresses of IPv4, and where a name stands in the place of an address. */
  readonly address?: string;
}

/** `80`, `*:80`, `192.0.2.1:443`, `[::]:80`, `_default_:443`, `*:*`, `192.0.2.1`; `fallback` where no port is said. */
export function doorOf(text: string, fallback: number): Door {
  if (/^\d{1,5}$/.test(text)) return { port: Number(text) || fallback };
  const [, six, host, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}|\*))?$/.exec(text) ?? [];
  const address = canonicalAddress(six ?? host ?? '');
  return {
    port: Number(port) || fallback,
    ...(address !== undefined && address !== '0.0.0.0' && { address: address === '::' ? '::1' : address }),
  };
}

/** One door for each port; of several at one the first, or that which is open on all addresses. */
export function doorsByPort<T extends Door>(doors: readonly T[]): T[] {
  const known = new Map<number, T>();
  for (const door of doors) {
    const before = known.get(door.port);
    if (!before || (before.address !== undefined && door.address === undefined)) known.set(door.port, door);
  }
  return [...known.values()];
}

/** Without the slash at its end. */
export function rootOf(path: string): string {
  return path.replace(/(?<=.)\/$/, '');
}

// The rule for everything in the lab that sends: only from the lab's own namespaces, and only to the lab's own addresses.
import { readlinkSync } from 'node:fs';
import { inNetwork } from '../../src/model/address.ts';
import { NETWORKS, SERVER } from '../addresses.ts';

export interface Passport {
  /** The network namespace to send from, as /proc/PID/ns/net names it: "net:[4026532281]". */
  readonly namespace: string;
  /** That of the machine, in which nothing may be sent. */
  readonly machine: string;
}

/** @throws unless this process stands in the namespace that was made for it. To be called before anything is sent. */
export function checkPlace({ namespace, machine }: Passport): void {
  const here = readlinkSync('/proc/self/ns/net');
  if (here !== namespace || here === machine) {
    throw new Error(
      `this client sends only inside its lab: it stands in ${here}, not in ${namespace}. Nothing was sent`,
    );
  }
}

/** @throws unless the address is the lab's server's. To be called before each connection. */
export function checkTarget(address: string): void {
  if (address !== SERVER.ipv4 && address !== SERVER.ipv6) {
    throw new Error(
      `this client sends only to the lab's server, ${SERVER.ipv4} or ${SERVER.ipv6}, not to ${address}. Nothing was sent`,
    );
  }
}

/** @throws unless the address belongs to a party of the lab that may send. */
export function checkSource(address: string): void {
  const own = [...NETWORKS.attackers, ...NETWORKS.visitors];
  if (!own.some((network) => inNetwork(address, network))) {
    throw new Error(`this client sends only from the lab's networks, not from ${address}. Nothing was sent`);
  }
}

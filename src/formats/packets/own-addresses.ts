// Finds the host's own addresses in a capture that was made on it: every packet has one of them at one end.

interface Ends {
  readonly client: string;
  readonly server: string;
}

/** A host that calls many others is more surely the own one than a peer that is called by one; being asked counts most. */
const CALLING_WEIGHT = 0.3;
const OWN_MAX = 32;

/**
 * The fewest addresses that explain all conversations (a greedy vertex cover): first the one that most distinct peers
 * talk to, then whichever explains most of the rest (a second address, the IPv6 one).
 */
export function ownAddresses(conversations: readonly Ends[]): string[] {
  let open = conversations.filter((c) => c.client !== c.server);
  const own: string[] = [];
  while (open.length > 0 && own.length < OWN_MAX) {
    const asking = new Map<string, Set<string>>();
    const called = new Map<string, Set<string>>();
    for (const { client, server } of open) {
      put(asking, server, client);
      put(called, client, server);
    }
    let best = '';
    let most = 0;
    for (const address of new Set([...asking.keys(), ...called.keys()])) {
      const weight = (asking.get(address)?.size ?? 0) + CALLING_WEIGHT * (called.get(address)?.size ?? 0);
      if (weight > most) {
        best = address;
        most = weight;
      }
    }
    own.push(best);
    open = open.filter((c) => c.client !== best && c.server !== best);
  }
  return own;
}

function put(map: Map<string, Set<string>>, key: string, value: string): void {
  const known = map.get(key);
  if (known) known.add(value);
  else map.set(key, new Set([value]));
}

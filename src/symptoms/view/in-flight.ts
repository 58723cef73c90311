// What is in flight as detectors look at it: who holds most workers now, and whom the host calls meanwhile. Computed once for a dossier.
import { isLocalAddress } from '../../model/address.ts';
import { countDistinct } from '../../model/distinct.ts';
import type { Dossier } from '../../model/dossier.ts';
import { type Holder, type InFlightView, inFlightView } from '../../model/in-flight.ts';

/** Requests of one source at once: a page of a site starts one or two, a browser seldom more at a time. */
const AT_ONCE_MIN = 5;
const AT_ONCE_SURE = 10;
/** Younger ones are the daily work. */
const HELD_MIN_S = 2;
/** Of all that is in flight, for the heaviest together and for each. */
const SHARE_MIN = 0.5;
const SHARE_EACH = 0.2;
const ENDPOINT_SHARE = 0.6;
const NETWORK_SHARE = 0.6;
const OTHERS_MIN = 5;

const views = new WeakMap<Dossier, { readonly view: InFlightView | undefined }>();

export function inFlightOf(dossier: Dossier): InFlightView | undefined {
  const known = views.get(dossier);
  if (known) return known.view;
  const view = inFlightView(dossier.samples);
  views.set(dossier, { view });
  return view;
}

/** The few sources that hold most of the workers, with requests that are alike or very many; empty when it is everybody. */
export function heavyHolders(dossier: Dossier, view: InFlightView): readonly Holder[] {
  const single = heavy(view.holders);
  if (single.length > 0) return single;
  // Visitors of one country or provider share networks: one must have most by itself, for one and the same thing.
  return view.networks
    .filter(({ id, addresses, atOnce, share, oldestS, endpointShare }) => {
      const alike = endpointShare !== undefined && endpointShare >= ENDPOINT_SHARE;
      return (
        addresses >= 3 &&
        hasOthers(dossier, view, id) &&
        atOnce >= AT_ONCE_MIN &&
        share >= NETWORK_SHARE &&
        oldestS >= HELD_MIN_S &&
        alike
      );
    })
    .slice(0, 1);
}

/** A network is beyond what visitors do only where there are others to compare it with. */
function hasOthers({ traffic }: Dossier, view: InFlightView, network: string): boolean {
  const inside = traffic?.whole.networks.entries.get(network);
  const logged = traffic
    ? countDistinct(traffic.whole.total.members) - (inside ? countDistinct(inside.members) : 0)
    : 0;
  const flying = view.addresses - (view.networks.find(({ id }) => id === network)?.addresses ?? 0);
  return Math.max(logged, flying) >= OTHERS_MIN;
}

function heavy(holders: readonly Holder[]): readonly Holder[] {
  const few = holders.filter(
    ({ share, atOnce, oldestS, endpointShare }) =>
      share >= SHARE_EACH &&
      atOnce >= AT_ONCE_MIN &&
      oldestS >= HELD_MIN_S &&
      (atOnce >= AT_ONCE_SURE || endpointShare === undefined || endpointShare >= ENDPOINT_SHARE),
  );
  return few.reduce((sum, { share }) => sum + share, 0) >= SHARE_MIN ? few : [];
}

/** A host elsewhere that is called on a port of the web. */
export interface Called {
  readonly peer: string;
  readonly port: number;
  /** Connections to it at once, at most. */
  readonly atOnce: number;
}

/** Most first. Connections that wait for an answer count, and those that wait for the connection. */
export function calledHosts(dossier: Dossier): Called[] {
  const most = new Map<string, Called>();
  for (const { connections = [] } of dossier.samples) {
    for (const { peer, peerPort, localPort, state, count } of connections) {
      const waits = state === 'SYN-SENT' || state === 'ESTAB';
      if (!waits || localPort !== undefined || (peerPort !== 80 && peerPort !== 443) || isLocalAddress(peer)) continue;
      const key = `${peer} ${peerPort}`;
      if (count > (most.get(key)?.atOnce ?? 0)) most.set(key, { peer, port: peerPort, atOnce: count });
    }
  }
  return [...most.values()].sort((a, b) => b.atOnce - a.atOnce);
}

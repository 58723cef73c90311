// The traffic of many logs in the order of their files: some are counted line by line here, others elsewhere, and come when they are done.
import type { Traffic } from '../model/traffic.ts';
import type { TrafficQuery } from '../model/traffic-query.ts';
import { type TrafficAccumulator, trafficAccumulator } from './accumulate.ts';
import { mergeTraffic } from './merge.ts';

/** So many finished ones wait before they are put together: the tables of slices that nobody looks at are not put together at all. */
const WAITING_MAX = 8;

export interface TrafficJoin extends TrafficAccumulator {
  /** Keeps the place of a log that is counted elsewhere. What it returns must be called once, with nothing when there was nothing. */
  later(): (traffic: Traffic | undefined) => void;
}

type Place =
  | { readonly kind: 'here'; readonly logs: TrafficAccumulator }
  | { readonly kind: 'elsewhere'; traffic: Traffic | undefined; done: boolean };

export function trafficJoin(query: TrafficQuery = {}): TrafficJoin {
  let places: Place[] = [];

  /** Puts together what is done, from the first on. */
  const shorten = (): void => {
    const open = places.findIndex((place) => place.kind === 'here' || !place.done);
    const done = open < 0 ? places.length : open;
    if (done <= WAITING_MAX) return;
    const traffic = merged(places.slice(0, done));
    for (const { profile } of traffic?.slices ?? []) void profile.addresses;
    places = [{ kind: 'elsewhere', traffic, done: true }, ...places.slice(done)];
  };

  return {
    log(file, format, clients) {
      let last = places.at(-1);
      if (last?.kind !== 'here') {
        last = { kind: 'here', logs: trafficAccumulator(query) };
        places.push(last);
      }
      return last.logs.log(file, format, clients);
    },
    later() {
      const last = places.at(-1);
      // What was counted here until now is finished: nothing more can come before this place.
      if (last?.kind === 'here')
        places[places.length - 1] = { kind: 'elsewhere', traffic: last.logs.finish(), done: true };
      const place: Place = { kind: 'elsewhere', traffic: undefined, done: false };
      places.push(place);
      return (traffic) => {
        place.traffic = traffic;
        place.done = true;
        shorten();
      };
    },
    finish: () => merged(places),
  };
}

function merged(places: readonly Place[]): Traffic | undefined {
  return mergeTraffic(
    places
      .map((place) => (place.kind === 'here' ? place.logs.finish() : place.traffic))
      .filter((traffic) => traffic !== undefined),
  );
}

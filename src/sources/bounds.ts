// Keeps the events and samples of all files together within bounds, however many files there are.

const EVENTS_MAX = 40_000;
const SAMPLES_MAX = 8192;

interface Store {
  bound(events: number, samples: number): void;
  readonly events: { readonly length: number };
  readonly samples: { readonly length: number };
}

export interface FactBounds {
  /** One more file was read: when all have too much, those with the most give way. */
  added(store: Store): void;
}

export function factBounds(): FactBounds {
  const stores: Store[] = [];
  let events = 0;
  let samples = 0;
  return {
    added(store) {
      stores.push(store);
      events += store.events.length;
      samples += store.samples.length;
      if (events <= EVENTS_MAX && samples <= SAMPLES_MAX) return;
      // Down to half at once, so that this happens seldom.
      const eventsEach = shareOf(events, EVENTS_MAX, (one) => one.events.length);
      const samplesEach = shareOf(samples, SAMPLES_MAX, (one) => one.samples.length);
      for (const one of stores) one.bound(eventsEach, samplesEach);
      events = stores.reduce((sum, one) => sum + one.events.length, 0);
      samples = stores.reduce((sum, one) => sum + one.samples.length, 0);
    },
  };

  function shareOf(have: number, most: number, sizeOf: (store: Store) => number): number {
    return have <= most ? Number.POSITIVE_INFINITY : fairShare(stores.map(sizeOf), most / 2);
  }
}

/** The largest number that each may have, so that all together have no more than `most`. */
export function fairShare(sizes: readonly number[], most: number): number {
  let left = most;
  let sharers = sizes.length;
  for (const size of [...sizes].sort((a, b) => a - b)) {
    if (size * sharers > left) return Math.floor(left / sharers);
    left -= size;
    sharers--;
  }
  return Number.POSITIVE_INFINITY;
}

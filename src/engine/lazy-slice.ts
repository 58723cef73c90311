// A slice of time whose tables are made when somebody looks at them: who only plots the requests over time needs none of them.
import type { SliceProfile } from '../model/traffic.ts';

export type SliceTables = Pick<SliceProfile, 'addresses' | 'networks' | 'endpoints' | 'referers'>;

/** `load` is asked once, and may give up what it holds then. */
export function lazySlice(
  figures: Pick<SliceProfile, 'total' | 'completed' | 'durations'>,
  load: () => SliceTables,
): SliceProfile {
  let loaded: SliceTables | undefined;
  const tables = (): SliceTables => {
    loaded ??= load();
    return loaded;
  };
  return {
    total: figures.total,
    completed: figures.completed,
    durations: figures.durations,
    get addresses() {
      return tables().addresses;
    },
    get networks() {
      return tables().networks;
    },
    get endpoints() {
      return tables().endpoints;
    },
    get referers() {
      return tables().referers;
    },
  };
}

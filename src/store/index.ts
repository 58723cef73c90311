// What Seawall remembers between two runs: the journal of acts and the book of bans, in one database.
import type { BanBook, Journal } from '../model/act.ts';
import { banBookIn } from './bans.ts';
import { databaseExists, openDatabase } from './database.ts';
import { journalIn } from './journal.ts';

export { StoreError } from './database.ts';
export { type Lock, takeLock } from './lock.ts';

export interface Store {
  readonly journal: Journal;
  readonly bans: BanBook;
  close(): void;
}

/** The folder of the state: SEAWALL_STATE where it is set. */
export function stateFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment.SEAWALL_STATE;
  return own?.startsWith('/') ? own : '/var/lib/seawall';
}

/**
 * Opens the store, and makes it when it is missing. `by`: who asks for what will be planned.
 * @throws StoreError
 */
export async function openStore(folder: string, by: string): Promise<Store> {
  const database = await openDatabase(folder);
  return {
    journal: journalIn(database, folder, by),
    bans: banBookIn(database, folder),
    close: () => database.close(),
  };
}

/** The store to look into; `undefined` when nothing was ever written down. */
export async function lookIntoStore(folder: string): Promise<Store | undefined> {
  return databaseExists(folder) ? openStore(folder, '') : undefined;
}

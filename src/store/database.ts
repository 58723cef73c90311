// The database that outlives us: one SQLite file, on disk when a statement returns, with a version and a way up from each.
import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

/** The store could not be opened, read or written; the message says what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** Each brings the database one version up. Only ever add to the end. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE acts (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     plan TEXT NOT NULL,
     prepared TEXT NOT NULL,
     state TEXT NOT NULL,
     requested_by TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     changed_at INTEGER NOT NULL,
     begun INTEGER NOT NULL,
     trouble TEXT
   ) STRICT;
   CREATE INDEX acts_by_state ON acts (state);
   CREATE TABLE bans (
     id INTEGER PRIMARY KEY,
     act INTEGER,
     target TEXT NOT NULL,
     reason TEXT NOT NULL,
     since INTEGER NOT NULL,
     until INTEGER NOT NULL,
     requested_by TEXT NOT NULL,
     lifted_by INTEGER,
     UNIQUE (act, target)
   ) STRICT;
   CREATE INDEX bans_by_until ON bans (until);
   CREATE INDEX bans_by_target ON bans (target);`,
];

/** Another Seawall may be writing: as long as this is waited for. */
const BUSY_MS = 3000;

export function databasePath(folder: string): string {
  return join(folder, 'seawall.db');
}

/**
 * Opens the database of a state folder, and makes both when they are missing.
 * @throws StoreError
 */
export async function openDatabase(folder: string): Promise<DatabaseSync> {
  const path = databasePath(folder);
  const sqlite = await sqliteModule();
  makeStateFolder(folder);
  let database: DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(path, { timeout: BUSY_MS });
    chmodSync(path, 0o600);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    const check = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    if (check !== 'ok') throw new Error(`malformed: ${check}`);
    migrate(database, path);
    return database;
  } catch (error) {
    closeQuietly(database);
    throw storeError('open', path, error);
  }
}

/**
 * Whether anything was ever written down.
 * @throws StoreError when that may not be looked at.
 */
export function databaseExists(folder: string): boolean {
  const path = databasePath(folder);
  try {
    return statSync(path).isFile();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw storeError('look at', path, error);
  }
}

/** Whoever can write there can have us run what they like: what stands in the journal is carried out by root. */
export function makeStateFolder(folder: string): void {
  try {
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(folder, 0o700);
  } catch (error) {
    throw storeError('make the folder', folder, error);
  }
  const { uid, mode } = statSync(folder);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new StoreError(
      `The state folder ${folder} belongs to user ${uid} with mode ${(mode & 0o777).toString(8)}: others could write into it, and what stands there is carried out. Nothing was changed. Give it to the user that acts (chown), with chmod 700, or name another one with SEAWALL_STATE.`,
    );
  }
}

/** SQLite as Node brings it along, since 22.5; later Nodes do without a flag. */
export async function sqliteModule(): Promise<typeof import('node:sqlite')> {
  try {
    return await import('node:sqlite');
  } catch {
    throw new StoreError(
      `Acting on the host needs SQLite, which this Node.js ${process.version} does not have. Nothing was changed. Use Node 24: bin/seawall takes the one that "npm ci" brings along.`,
    );
  }
}

function migrate(database: DatabaseSync, path: string): void {
  const version = versionOf(database);
  if (version > MIGRATIONS.length) {
    throw new StoreError(
      `${path} was written by a newer Seawall (version ${version} of its tables, this one knows ${MIGRATIONS.length}). Nothing was changed. Use the newer one.`,
    );
  }
  if (version === MIGRATIONS.length) return;
  // All or nothing, and asked again under the lock: another one may have been first.
  transaction(database, () => {
    for (const step of MIGRATIONS.slice(versionOf(database))) database.exec(step);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

/** All of it is on disk when this returns, or none. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const done = work();
    database.exec('COMMIT');
    return done;
  } catch (error) {
    // A full disk may have rolled it back already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Runs what touches the database; what fails there is said for people. */
export function inStore<T>(path: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(what, path, error);
  }
}

function closeQuietly(database: DatabaseSync | undefined): void {
  try {
    database?.close();
  } catch {
    // It was never open.
  }
}

const NOTHING = 'Nothing was changed: what is not written down is not done.';

export function storeError(what: string, path: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const text = /unable to open/i.test(said) ? `${said} (${folderTrouble(path)})` : said;
  return new StoreError(`Can't ${what} ${path}: ${text}. ${NOTHING} ${whatToDo(text, path)}`, { cause: error });
}

/** SQLite doesn't say why it can't open a file. */
function folderTrouble(path: string): string {
  try {
    accessSync(dirname(path), constants.R_OK | constants.W_OK | constants.X_OK);
    return 'its folder can be written';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function whatToDo(text: string, path: string): string {
  if (/malformed|not a database|corrupt|encrypted/i.test(text)) {
    return `The file is damaged. Move it aside (mv ${path} ${path}.damaged; rm -f ${path}-wal ${path}-shm) and run the command again: blocks that are in the firewall are taken up from there; other acts can no longer be undone by Seawall.`;
  }
  if (/full|ENOSPC|EDQUOT/i.test(text)) {
    return 'The disk is full: free some space, or name another place: SEAWALL_STATE=/run/seawall (lost at the next boot).';
  }
  if (/readonly|read-only|EROFS/i.test(text)) {
    return 'It can only be read: name a place that can be written with SEAWALL_STATE=/run/seawall (lost at the next boot).';
  }
  if (/EACCES|EPERM|unable to open/i.test(text))
    return 'Run it as root, or name a folder of your own with SEAWALL_STATE.';
  if (/locked|busy/i.test(text)) return 'Another Seawall is writing; try again in a moment.';
  return 'See whether its folder can be written and its disk has space.';
}

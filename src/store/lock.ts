// Only one Seawall acts at a time. The lock is the kernel's, on a file of its own: it goes with the process, however that ends.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeStateFolder, StoreError, sqliteModule, storeError } from './database.ts';

export interface Lock {
  release(): void;
}

const WAIT_MS = 5000;
const AGAIN_MS = 100;

/**
 * Waits for the other one for a few seconds, then says who it is. `what`: what this one does, for the message of the other one.
 * @throws StoreError
 */
export async function takeLock(
  folder: string,
  what: string,
  sleep: (ms: number) => Promise<void>,
  waitMs: number = WAIT_MS,
): Promise<Lock> {
  const { DatabaseSync } = await sqliteModule();
  makeStateFolder(folder);
  const path = join(folder, 'lock.db');
  const holder = join(folder, 'lock.holder');
  for (let waited = 0; ; waited += AGAIN_MS) {
    let database: InstanceType<typeof DatabaseSync> | undefined;
    try {
      database = new DatabaseSync(path, { timeout: 0 });
      database.exec('BEGIN EXCLUSIVE');
      writeFileSync(holder, `process ${process.pid} (${what})`);
      const held = database;
      return { release: () => held.close() };
    } catch (error) {
      database?.close();
      if (!isLocked(error)) throw storeError('lock', path, error);
      if (waited >= waitMs) throw new StoreError(busy(holder));
    }
    await sleep(AGAIN_MS);
  }
}

function busy(holder: string): string {
  let who = 'another process';
  try {
    who = readFileSync(holder, 'utf8').slice(0, 200);
  } catch {
    // Only for the message.
  }
  return `Another Seawall is acting on this host: ${who}. Two at once would get in each other's way, so nothing was changed. Wait for it to end, then try again.`;
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && /database is locked|busy/i.test(error.message);
}

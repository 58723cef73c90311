// What must hold of the store: what it said it kept is there after a crash, and when it can't keep, it says so and nothing is done.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Act, Prepared } from '../model/act.ts';
import type { PlanOf } from '../model/remedy.ts';
import { lookIntoStore, openStore, type Store, StoreError, stateFolder, takeLock } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'seawall-store-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
const freshFolder = (): string => join(root, `state-${count++}`);

const NOW = Date.UTC(2026, 10, 22, 9, 0, 0);
const plan: PlanOf<'block'> = {
  kind: 'block',
  targets: ['203.0.113.7'],
  forSeconds: 3600,
  reason: "a 'quoted' reason",
};
const prepared: Prepared = { title: 'Block', changes: [], notes: [] };

async function withStore<T>(folder: string, work: (store: Store) => T): Promise<T> {
  const store = await openStore(folder, 'root');
  try {
    return work(store);
  } finally {
    store.close();
  }
}

const planned = (store: Store, at = NOW): Act => store.journal.plan(plan, prepared, at);

describe('the journal', () => {
  it('keeps an act as it was planned, and every news of it, for the next run', async () => {
    const folder = freshFolder();
    const act = await withStore(folder, (store) => planned(store));
    expect(act).toEqual({
      id: 1,
      plan,
      prepared,
      state: 'planned',
      by: 'root',
      createdAt: NOW,
      changedAt: NOW,
      begun: 0,
    });
    await withStore(folder, ({ journal }) => {
      journal.update(1, { state: 'doing', begun: 1 }, NOW + 5);
      journal.update(1, { trouble: 'it broke' }, NOW + 6);
    });
    await withStore(folder, ({ journal }) => {
      expect(journal.act(1)).toEqual({ ...act, state: 'doing', begun: 1, changedAt: NOW + 6, trouble: 'it broke' });
      expect(journal.act(2)).toBeUndefined();
      expect(() => journal.update(2, {}, NOW)).toThrow(/no act 2/);
    });
  });

  it('tells acts newest first, by state', async () => {
    await withStore(freshFolder(), (store) => {
      for (let i = 0; i < 3; i++) planned(store, NOW + i);
      store.journal.update(2, { state: 'done' }, NOW + 9);
      expect(store.journal.acts().map((act) => act.id)).toEqual([3, 2, 1]);
      expect(store.journal.acts(['done']).map((act) => act.id)).toEqual([2]);
    });
  });

  it('does not grow for ever, and forgets nothing that is not over', async () => {
    await withStore(freshFolder(), (store) => {
      planned(store);
      planned(store);
      store.journal.update(2, { state: 'undone' }, NOW);
      for (let i = 0; i < 1003; i++) store.journal.update(planned(store).id, { state: 'undone' }, NOW);
      const ids = store.journal.acts().map((act) => act.id);
      expect(ids).toContain(1);
      expect(ids).not.toContain(2);
      expect(ids.length).toBeLessThan(1005);
    });
  });
});

describe('the book of bans', () => {
  const targets = ['203.0.113.7', '2001:db8::/48'];

  it('tells what holds now: not what is expired, lifted or taken back', async () => {
    await withStore(freshFolder(), (store) => {
      const first = planned(store);
      store.bans.add(first, targets, NOW + 1000);
      store.bans.add(first, targets, NOW + 1000);
      const held = { reason: plan.reason, since: NOW, until: NOW + 1000, by: 'root', act: 1 };
      expect(store.bans.bans(NOW)).toEqual(targets.map((target) => ({ target, ...held })));
      expect(store.bans.bans(NOW + 1000)).toEqual([]);
      const second = planned(store);
      store.bans.lift(second, ['203.0.113.7']);
      store.bans.lift(second, ['203.0.113.7']);
      expect(store.bans.bans(NOW).map((ban) => ban.target)).toEqual(['2001:db8::/48']);
      store.bans.unlift(second);
      expect(store.bans.bans(NOW)).toHaveLength(2);
      store.bans.remove(first);
      expect(store.bans.bans(NOW)).toEqual([]);
      store.bans.adopt([{ target: '198.51.100.9', until: NOW + 10 }], NOW);
      expect(store.bans.bans(NOW)[0]).not.toHaveProperty('act');
    });
  });

  it('goes back to the shorter ban when the longer one is taken back', async () => {
    await withStore(freshFolder(), (store) => {
      store.bans.add(planned(store), ['203.0.113.7'], NOW + 1000);
      const longer = planned(store);
      store.bans.add(longer, ['203.0.113.7'], NOW + 5000);
      store.bans.remove(longer);
      expect(store.bans.bans(NOW).map((ban) => ban.until)).toEqual([NOW + 1000]);
    });
  });
});

describe('the file', () => {
  it('is for root alone', async () => {
    const folder = freshFolder();
    await withStore(folder, () => {});
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'seawall.db')).mode & 0o777).toBe(0o600);
    expect(stateFolder({})).toBe('/var/lib/seawall');
    expect(stateFolder({ SEAWALL_STATE: '/run/x' })).toBe('/run/x');
    expect(stateFolder({ SEAWALL_STATE: 'relative' })).toBe('/var/lib/seawall');
  });

  it('in a folder that others can write to is not believed', async () => {
    const folder = freshFolder();
    await withStore(folder, () => {});
    chmodSync(folder, 0o777);
    await expect(openStore(folder, 'root')).rejects.toThrow(/others could write into it.*Nothing was changed/);
    await expect(takeLock(folder, 'block', sleep, 0)).rejects.toThrow(/others could write into it/);
  });

  it('is not made by looking', async () => {
    expect(await lookIntoStore(freshFolder())).toBeUndefined();
  });

  it('that is damaged or no database is told, with what to do, and left as it is', async () => {
    const folder = freshFolder();
    await withStore(folder, (store) => planned(store));
    const file = join(folder, 'seawall.db');
    for (const damage of [
      () => writeFileSync(file, 'no database at all, but long enough to be looked at '.repeat(40)),
      () => truncateSync(file, 700),
    ]) {
      damage();
      const before = readFileSync(file);
      await expect(openStore(folder, 'root')).rejects.toThrow(StoreError);
      await expect(openStore(folder, 'root')).rejects.toThrow(/damaged.*mv .*seawall.db/s);
      expect(readFileSync(file).equals(before)).toBe(true);
    }
  });

  it('of a newer version is left alone', async () => {
    const folder = freshFolder();
    await withStore(folder, () => {});
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(folder, 'seawall.db'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(openStore(folder, 'root')).rejects.toThrow(/newer Seawall/);
  });

  it('that has no room left keeps what it had, and says what to do', async () => {
    const folder = freshFolder();
    const { DatabaseSync } = await import('node:sqlite');
    await withStore(folder, (store) => planned(store));
    const database = new DatabaseSync(join(folder, 'seawall.db'));
    const { openDatabase } = await import('./database.ts');
    database.close();
    const small = await openDatabase(folder);
    const { journalIn } = await import('./journal.ts');
    const journal = journalIn(small, folder, 'root');
    // As a full disk does it: no page can be added.
    small.exec(`PRAGMA max_page_count = ${Number(small.prepare('PRAGMA page_count').get()?.page_count)}`);
    const large: Prepared = { ...prepared, notes: ['x'.repeat(100_000)] };
    expect(() => journal.plan(plan, large, NOW)).toThrow(/full.*Nothing was changed.*free some space/s);
    expect(journal.acts()).toHaveLength(1);
    small.close();
  });

  it('in a place that cannot be made is told', async () => {
    writeFileSync(join(root, 'a-file'), '');
    await expect(openStore(join(root, 'a-file/state'), 'root')).rejects.toThrow(/Can't make the folder/);
    chmodSync(root, 0o755);
  });
});

describe('the lock', () => {
  it('lets one act at a time, and says who does', async () => {
    const folder = freshFolder();
    const lock = await takeLock(folder, 'block', sleep);
    await expect(takeLock(folder, 'undo', sleep, 200)).rejects.toThrow(
      `Another Seawall is acting on this host: process ${process.pid} (block).`,
    );
    lock.release();
    (await takeLock(folder, 'undo', sleep, 0)).release();
  });

  it('goes with the process, even one that is killed', async () => {
    const folder = freshFolder();
    const code = `
      import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
      await takeLock(${JSON.stringify(folder)}, 'block', async () => {});
      console.log('held');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code]);
    let complaint = '';
    child.stderr.on('data', (chunk) => {
      complaint += chunk;
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('exit', () => reject(new Error(complaint)));
    });
    await expect(takeLock(folder, 'undo', sleep, 0)).rejects.toThrow(/Another Seawall/);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    (await takeLock(folder, 'undo', sleep, 2000)).release();
  });
});

// The book of bans: whom the firewall should hold back, why, and until when, whatever happens to the firewall's own rules.
import type { DatabaseSync } from 'node:sqlite';
import type { Ban, BanBook } from '../model/act.ts';
import { databasePath, inStore, transaction } from './database.ts';

/** An expired ban is kept this long, for whoever asks what was blocked. */
const KEPT_MS = 30 * 86_400_000;

export function banBookIn(database: DatabaseSync, folder: string): BanBook {
  const path = databasePath(folder);
  const write = (work: () => void): void => inStore(path, 'write to', () => transaction(database, work));
  return {
    add: (act, targets, until) =>
      write(() => {
        const insert = database.prepare(
          'INSERT OR IGNORE INTO bans (act, target, reason, since, until, requested_by) VALUES (?, ?, ?, ?, ?, ?)',
        );
        for (const target of targets) insert.run(act.id, target, act.plan.reason, act.createdAt, until, act.by);
        database.prepare('DELETE FROM bans WHERE until < ?').run(act.createdAt - KEPT_MS);
      }),

    remove: (act) =>
      write(() => {
        database.prepare('DELETE FROM bans WHERE act = ?').run(act.id);
      }),

    lift: (act, targets) =>
      write(() => {
        const update = database.prepare('UPDATE bans SET lifted_by = ? WHERE target = ? AND lifted_by IS NULL');
        for (const target of targets) update.run(act.id, target);
      }),

    unlift: (act) =>
      write(() => {
        database.prepare('UPDATE bans SET lifted_by = NULL WHERE lifted_by = ?').run(act.id);
      }),

    adopt: (bans, at) =>
      write(() => {
        const insert = database.prepare(
          'INSERT INTO bans (act, target, reason, since, until, requested_by) VALUES (NULL, ?, ?, ?, ?, ?)',
        );
        for (const { target, until } of bans) insert.run(target, 'found in the firewall', at, until, 'unknown');
      }),

    bans: (at) =>
      inStore(path, 'read', () =>
        database
          .prepare('SELECT * FROM bans WHERE until > ? AND lifted_by IS NULL ORDER BY id')
          .all(at)
          .map(
            (row): Ban => ({
              target: String(row.target),
              reason: String(row.reason),
              since: Number(row.since),
              until: Number(row.until),
              by: String(row.requested_by),
              ...(row.act !== null && { act: Number(row.act) }),
            }),
          ),
      ),
  };
}

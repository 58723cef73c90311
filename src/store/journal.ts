// The journal of acts: what is about to be done stands here before it is done, with how to take it back.
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Act, ActState, Journal } from '../model/act.ts';
import { databasePath, inStore, StoreError, transaction } from './database.ts';

/** Acts that are over are kept to this number: a journal must not grow for ever. */
const KEPT_MAX = 1000;
const OVER: readonly ActState[] = ['done', 'undone', 'failed'];

type Row = Readonly<Record<string, SQLOutputValue>>;

/** `by`: who asks for what will be planned. */
export function journalIn(database: DatabaseSync, folder: string, by: string): Journal {
  const path = databasePath(folder);
  const one = database.prepare('SELECT * FROM acts WHERE id = ?');

  const found = (id: number): Act | undefined => {
    const row = one.get(id);
    return row && actOf(row);
  };
  const known = (id: number): Act => {
    const act = found(id);
    if (act === undefined) throw new StoreError(`There is no act ${id} in ${path}. "seawall acts" lists them.`);
    return act;
  };

  return {
    plan: (plan, prepared, at) =>
      inStore(path, 'write to', () =>
        transaction(database, () => {
          const insert = database.prepare(
            `INSERT INTO acts (plan, prepared, state, requested_by, created_at, changed_at, begun) VALUES (?, ?, 'planned', ?, ?, ?, 0)`,
          );
          const { lastInsertRowid } = insert.run(JSON.stringify(plan), JSON.stringify(prepared), by, at, at);
          database
            .prepare(`DELETE FROM acts WHERE id <= ? AND begun = 0 AND state IN (${OVER.map(() => '?').join()})`)
            .run(Number(lastInsertRowid) - KEPT_MAX, ...OVER);
          return known(Number(lastInsertRowid));
        }),
      ),

    update: (id, { state, begun, trouble }, at) =>
      inStore(path, 'write to', () => {
        const act = known(id);
        database
          .prepare('UPDATE acts SET state = ?, begun = ?, trouble = ?, changed_at = ? WHERE id = ?')
          .run(state ?? act.state, begun ?? act.begun, (trouble ?? act.trouble) || null, at, id);
        return known(id);
      }),

    act: (id) => inStore(path, 'read', () => found(id)),

    acts: (states) =>
      inStore(path, 'read', () => {
        const some = states ?? ['planned', 'doing', 'done', 'undoing', 'undone', 'failed'];
        return database
          .prepare(`SELECT * FROM acts WHERE state IN (${some.map(() => '?').join()}) ORDER BY id DESC`)
          .all(...some)
          .map(actOf);
      }),
  };
}

function actOf(row: Row): Act {
  const { trouble } = row;
  return {
    id: Number(row.id),
    plan: JSON.parse(String(row.plan)) as Act['plan'],
    prepared: JSON.parse(String(row.prepared)) as Act['prepared'],
    state: String(row.state) as ActState,
    by: String(row.requested_by),
    createdAt: Number(row.created_at),
    changedAt: Number(row.changed_at),
    begun: Number(row.begun),
    ...(typeof trouble === 'string' && { trouble }),
  };
}

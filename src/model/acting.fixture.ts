// For tests: a journal and a book of bans in memory.
import type { Act, Ban, BanBook, Journal } from './act.ts';

export function memoryJournal(): Journal {
  const acts = new Map<number, Act>();
  const known = (id: number): Act => {
    const act = acts.get(id);
    if (!act) throw new Error(`no act ${id}`);
    return act;
  };
  return {
    plan(plan, prepared, at) {
      const id = acts.size + 1;
      const act: Act = { id, plan, prepared, state: 'planned', by: 'test', createdAt: at, changedAt: at, begun: 0 };
      acts.set(id, act);
      return act;
    },
    update(id, news, at) {
      const { trouble, ...rest } = { ...known(id), ...news, changedAt: at };
      acts.set(id, trouble ? { ...rest, trouble } : rest);
      return known(id);
    },
    act: (id) => acts.get(id),
    acts: (states) => [...acts.values()].filter((act) => !states || states.includes(act.state)).reverse(),
  };
}

export function memoryBook(): BanBook {
  let rows: (Ban & { liftedBy?: number })[] = [];
  return {
    add(act, targets, until) {
      for (const target of targets) {
        if (rows.some((row) => row.act === act.id && row.target === target)) continue;
        rows.push({ target, until, since: act.createdAt, reason: act.plan.reason, by: act.by, act: act.id });
      }
    },
    remove(act) {
      rows = rows.filter((row) => row.act !== act.id);
    },
    lift(act, targets) {
      rows = rows.map((row) =>
        targets.includes(row.target) && row.liftedBy === undefined ? { ...row, liftedBy: act.id } : row,
      );
    },
    unlift(act) {
      rows = rows.map(({ liftedBy, ...row }) =>
        liftedBy === undefined || liftedBy === act.id ? row : { ...row, liftedBy },
      );
    },
    adopt(bans, at) {
      for (const { target, until } of bans) rows.push({ target, until, since: at, reason: 'found', by: 'unknown' });
    },
    bans: (at) => rows.filter((row) => row.until > at && row.liftedBy === undefined),
  };
}

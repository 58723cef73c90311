// What mysqladmin and the mysql client print about the state of a database.
import type { DatabaseState } from '../../model/sample.ts';
import { integer, known } from './numbers.ts';
import { type Opener, singleSection } from './section.ts';

/** "Uptime: 5  Threads: 1  Questions: 3  Slow queries: 0  ..." (mysqladmin status) and "mysqld is alive" (ping). */
export const openMysqladmin: Opener = (text, line) => {
  const head = text.slice(0, 400);
  const status = /^Uptime: \d+ +Threads: (\d{1,9}) +Questions: /.exec(head);
  let state: DatabaseState | undefined;
  if (status) state = { alive: true, threadsConnected: Number(status[1]) };
  else if (/^(?:mysqld|mariadbd) is alive\s*$/.test(head)) state = { alive: true };
  else state = clientError(head);
  if (!state) return undefined;
  const database = state;
  return singleSection(
    { line, text },
    () => false,
    () => ({ database }),
  );
};

/** The client's own complaint: no server at the socket or port is a dead one, a refusal is an answer. */
function clientError(head: string): DatabaseState | undefined {
  const error = /^ERROR (\d{4}) \([A-Z0-9]{5}\)(?: at line \d{1,6})?: /.exec(head)?.[1];
  const failed = /^error: '(?:Can't connect to |(?:Access denied|Too many connections))/.test(head);
  if (error === '2002' || error === '2003') return { alive: false };
  if (error === '1040' || error === '1045' || error === '1698') return { alive: true };
  if (!failed) return undefined;
  return { alive: !head.includes("Can't connect") };
}

const STATUS_KEYS: Readonly<Record<string, keyof DatabaseState>> = {
  Threads_connected: 'threadsConnected',
  Threads_running: 'threadsRunning',
  Max_used_connections: 'maxUsedConnections',
  Aborted_connects: 'abortedConnects',
  max_connections: 'maxConnections',
};
const STATUS_LINE = /^\|? ?([A-Za-z_]{2,64})(?: *\| *|\t)([^|\t]{0,300}?) *\|?$/;
const RULE = /^\+(?:-+\+){1,30}\s*$/;

/** SHOW STATUS, SHOW VARIABLES and `mysqladmin extended-status`: two columns, framed or with a tab between. */
export const openStatus: Opener = (text, line) => {
  const key = STATUS_LINE.exec(text.slice(0, 400).trimEnd())?.[1] ?? '';
  if (key !== 'Variable_name' && !(key in STATUS_KEYS)) return undefined;
  const figures: { -readonly [K in keyof DatabaseState]?: number } = {};
  let quote = { line, text };
  const take = (row: string, at: number): boolean => {
    const head = row.slice(0, 400).trimEnd();
    if (head === '' || RULE.test(head) || isRowCount(head)) return true;
    const match = STATUS_LINE.exec(head);
    if (!match) return false;
    const name = STATUS_KEYS[match[1] ?? ''];
    const value = integer(match[2]);
    if (name !== undefined && name !== 'alive' && value !== undefined) {
      if (figures[name] !== undefined) return false;
      if (Object.keys(figures).length === 0) quote = { line: at, text: row };
      figures[name] = value;
    }
    return true;
  };
  take(text, line);
  return {
    line: take,
    end() {
      const { alive: _, ...found } = figures;
      return Object.keys(found).length > 0 ? [{ data: { database: { alive: true, ...known(found) } }, ...quote }] : [];
    },
  };
};

/** Threads of the server itself, and those of replication, are no connections of a site. */
const OWN_THREADS = /^(?:system user|event_scheduler)$/;

/** Lines of statements in one listing that are followed; a listing that was cut must not swallow the rest. */
const STATEMENT_LINES = 200;

/** SHOW PROCESSLIST, framed or with tabs; a statement may go on over several lines. */
export const openProcesslist: Opener = (text, line) => {
  if (!/^(?:\| +)?Id(?: +\| +|\t)User(?: +\| +|\t)Host(?: +\| +|\t)db\b/.test(text.slice(0, 300))) return undefined;
  const framed = text.startsWith('|');
  const split = framed ? /\s*\|\s*/ : /\t/;
  let threads = 0;
  let busy = 0;
  let rules = 0;
  let continued = 0;
  return singleSection(
    { line, text },
    (row) => {
      const head = row.slice(0, 1000);
      if (RULE.test(head)) {
        rules++;
        return true;
      }
      if (head.trim() === '' || isRowCount(head)) return true;
      const cells = head.split(split).slice(framed ? 1 : 0);
      const isRow =
        (framed ? head.startsWith('|') : true) && integer(cells[0]?.trim()) !== undefined && cells.length > 5;
      if (!isRow) return framed && threads > 0 && rules < 2 && ++continued < STATEMENT_LINES;
      if (OWN_THREADS.test(cells[1] ?? '') || cells[4] === 'Daemon') return true;
      threads++;
      if (!/^(?:Sleep|Binlog Dump.*)$/.test(cells[4] ?? '')) busy++;
      return true;
    },
    () => ({ database: { alive: true, threadsConnected: threads, threadsRunning: busy } }),
  );
};

function isRowCount(text: string): boolean {
  return /^(?:\d{1,9} rows? in set|Empty set)/.test(text);
}

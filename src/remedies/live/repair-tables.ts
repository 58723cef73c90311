// Checks the tables of a running database, and repairs those of MyISAM and Aria that need it, with their files copied aside.
import type { Change, LiveRemedy, Prepared, Proof, Refusal } from '../../model/act.ts';
import { kilobytes } from '../../model/figures.ts';
import type { Argv, HostReader } from '../../model/host.ts';
import { safeTable, type TableName } from '../safe.ts';
import { answers, type Database, findDatabase, query, quoted, rowsOf } from './database/database.ts';
import { copiesOf } from './database/keep.ts';
import { fileNameOf } from './database/table-files.ts';

/** A large table takes its time. */
const CHECK_MS = 600_000;
const REPAIR_MS = 3_600_000;
const AT_ONCE = 50;

export const repairTablesLive: LiveRemedy<'repair-tables'> = {
  kind: 'repair-tables',

  async prepare(plan, host): Promise<Prepared | Refusal> {
    const database = await findDatabase(host);
    if (database === undefined) return { refused: 'No repair: no MariaDB or MySQL server is installed on this host.' };
    if (database.main === undefined)
      return { refused: 'No repair: the database does not run. Start it first: seawall recover' };
    if (!(await answers(host, database)))
      return { refused: 'No repair: the database runs but does not answer; it may still be recovering.' };
    const known = await repairableTables(host, database);
    if ('refused' in known) return known;
    const named = new Set(plan.tables.map((text) => keyOf(safeTable(text))));
    const checked = await checkTables(host, database, known, (table) => named.has(keyOf(table)));
    if ('refused' in checked) return checked;
    const broken = checked.filter(({ trouble }) => trouble !== undefined);
    const odd = broken.filter(
      ({ database: db, table }) => fileNameOf(db) === undefined || fileNameOf(table) === undefined,
    );
    const fit = broken.filter((one) => !odd.includes(one));
    const copies =
      fit.length === 0
        ? undefined
        : await copiesOf(
            host,
            fit.flatMap((table) => filesOf(database, table)),
          );
    if (copies !== undefined && 'refused' in copies) return { refused: `No repair: ${copies.refused}` };
    const flush = fit.map((table) => `FLUSH TABLES ${quoted(table.database, table.table)}`).join('; ');
    const changes: Change[] =
      fit.length === 0
        ? []
        : [
            { kind: 'run', argv: [...database.tools.client, '-e', flush], timeoutMs: 60_000 },
            ...(copies ? [copies.change] : []),
            ...fit.map(({ database: db, table }): Change => {
              return {
                kind: 'run',
                argv: repairArgv(database, { database: db, table }),
                timeoutMs: REPAIR_MS,
              };
            }),
          ];
    return {
      title:
        fit.length === 0
          ? `Repair nothing: ${known.length} MyISAM and Aria tables were looked at, and all are sound`
          : `Copy aside and repair ${fit
              .map(({ database: db, table }) => `${db}.${table}`)
              .join(', ')
              .slice(0, 300)}`,
      changes,
      notes: [
        ...fit.map(({ database: db, table, trouble }) => `${db}.${table}: ${trouble ?? ''}`),
        ...(copies === undefined
          ? []
          : [
              `The copies (${kilobytes(copies.kb)}) stay in ${copies.to}. To go back: stop the database, copy them over the files in ${database.dataFolder}, start it.`,
            ]),
        ...(odd.length > 0
          ? [`${odd.length} with odd names need it too, and are left to you: their files could not be copied aside.`]
          : []),
      ],
    };
  },

  async verify(plan, done, host) {
    const database = await findDatabase(host);
    if (database === undefined || !(await answers(host, database)))
      return [{ ok: false, text: 'The database does not answer.' }];
    const repaired = done.changes.flatMap((change) => (change.kind === 'run' ? repairedBy(change.argv) : []));
    const asked = plan.tables.map(safeTable).filter((table) => table !== undefined);
    const keys = new Set(repaired.map(keyOf));
    const tables = [...repaired, ...asked.filter((table) => !keys.has(keyOf(table)))];
    const proofs: Proof[] = [];
    for (const table of tables) proofs.push(await proveTable(host, database, table));
    return proofs.length > 0 ? proofs : [{ ok: true, text: 'No table needed a repair.' }];
  },
};

function keyOf(table: TableName | undefined): string | undefined {
  return table && `${table.database}\0${table.table}`;
}

/**
 * By statement: mariadb-check --repair (10.11) first asks for SHOW CREATE TABLE, which a table that is marked as crashed refuses, and
 * then exits 0 without a repair.
 */
function repairArgv({ tools }: Database, { database, table }: TableName): Argv {
  return [...tools.client, '-e', `REPAIR TABLE ${quoted(database, table)}`];
}

/** The statement tells what was repaired, also after a crash of ours. */
function repairedBy(argv: readonly string[]): TableName[] {
  const [, database, table] = /^REPAIR TABLE `((?:[^`]|``)+)`\.`((?:[^`]|``)+)`$/.exec(argv.at(-1) ?? '') ?? [];
  if (database === undefined || table === undefined) return [];
  return [{ database: database.replace(/``/g, '`'), table: table.replace(/``/g, '`') }];
}

function filesOf({ dataFolder }: Database, table: Checked): string[] {
  const path = `${dataFolder}/${fileNameOf(table.database)}/${fileNameOf(table.table)}`;
  return table.engine === 'Aria' ? [`${path}.MAI`, `${path}.MAD`] : [`${path}.MYI`, `${path}.MYD`];
}

interface Repairable extends TableName {
  readonly engine: string;
}

interface Checked extends Repairable {
  /** What the check said against it. */
  readonly trouble?: string;
}

/** InnoDB recovers by itself, and REPAIR TABLE doesn't know it. A crashed table has no engine in this list, but is named all the same. */
async function repairableTables(host: HostReader, database: Database): Promise<readonly Repairable[] | Refusal> {
  const sql =
    "SELECT table_schema, table_name, IFNULL(engine, ''), IFNULL(table_comment, '') FROM information_schema.tables " +
    "WHERE table_type <> 'VIEW' AND table_schema NOT IN ('information_schema', 'performance_schema', 'sys') " +
    "AND (engine IN ('MyISAM', 'Aria') OR engine IS NULL)";
  const listed = await query(host, database, sql);
  if (listed.code !== 0)
    return { refused: `No repair: the list of tables could not be read (${firstLine(listed.stderr)}).` };
  return rowsOf(listed.stdout)
    .flatMap(([db, table, engine]) => {
      if (db === undefined || table === undefined) return [];
      return [
        {
          database: db,
          table,
          engine: engine === '' || engine === undefined ? engineByFile(host, database, db, table) : engine,
        },
      ];
    })
    .filter(({ engine }) => engine === 'MyISAM' || engine === 'Aria');
}

function engineByFile(host: HostReader, { dataFolder }: Database, db: string, table: string): string {
  const names = host.list(`${dataFolder}/${fileNameOf(db)}`) ?? [];
  if (names.includes(`${fileNameOf(table)}.MAI`)) return 'Aria';
  return names.includes(`${fileNameOf(table)}.MYI`) ? 'MyISAM' : '';
}

/** FAST looks only into tables that were not closed properly: the others can't be broken by a kill. Named ones are looked into whatever they say. */
async function checkTables(
  host: HostReader,
  database: Database,
  tables: readonly Repairable[],
  isNamed: (table: TableName) => boolean,
): Promise<readonly Checked[] | Refusal> {
  const said = new Map<string, string[][]>();
  for (const [some, how] of [
    [tables.filter((table) => !isNamed(table)), 'FAST MEDIUM'],
    [tables.filter(isNamed), 'MEDIUM'],
  ] as const) {
    for (let at = 0; at < some.length; at += AT_ONCE) {
      const names = some.slice(at, at + AT_ONCE).map((table) => quoted(table.database, table.table));
      const checked = await query(host, database, `CHECK TABLE ${names.join(', ')} ${how}`, CHECK_MS);
      if (checked.code !== 0)
        return { refused: `No repair: the tables could not be checked (${firstLine(checked.stderr)}).` };
      for (const row of rowsOf(checked.stdout)) said.set(row[0] ?? '', [...(said.get(row[0] ?? '') ?? []), row]);
    }
  }
  return tables.map((table) => {
    const trouble = troubleIn(said.get(`${table.database}.${table.table}`) ?? []);
    return trouble === undefined ? table : { ...table, trouble };
  });
}

/** Rows of CHECK TABLE: table, "check", kind, text. "Hasn't closed the table properly" alone is no damage: the check looked, and found it sound. */
export function troubleIn(rows: readonly (readonly string[])[]): string | undefined {
  const status = rows.find(([, , kind]) => kind === 'status')?.[3];
  if (status === 'OK' || status === 'Table is already up to date') return undefined;
  const error = rows.find(([, , kind]) => kind === 'error' || kind === 'Error') ?? rows.at(-1);
  return error === undefined ? undefined : (error[3] ?? 'no answer').replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}

async function proveTable(host: HostReader, database: Database, { database: db, table }: TableName): Promise<Proof> {
  const name = quoted(db, table);
  const checked = await query(host, database, `CHECK TABLE ${name} EXTENDED`, CHECK_MS);
  const trouble = checked.code === 0 ? troubleIn(rowsOf(checked.stdout)) : firstLine(checked.stderr);
  if (trouble !== undefined) return { ok: false, text: `${db}.${table} is still broken: ${trouble}` };
  const counted = await query(
    host,
    database,
    `SELECT COUNT(*) FROM ${name}; CHECKSUM TABLE ${name} EXTENDED`,
    CHECK_MS,
  );
  const [count, checksum] = rowsOf(counted.stdout);
  if (counted.code !== 0 || count?.[0] === undefined)
    return { ok: false, text: `${db}.${table} can't be read: ${firstLine(counted.stderr)}` };
  return {
    ok: true,
    text: `${db}.${table} is sound: ${count[0]} rows, all read (checksum ${checksum?.[1] ?? 'none'}).`,
  };
}

function firstLine(text: string): string {
  return (text.split('\n').find((line) => line.trim() !== '') ?? 'no message')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 300);
}

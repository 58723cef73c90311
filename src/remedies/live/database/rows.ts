// Proof that nothing was lost: the rows of a table now, against what its header said before the server was started.
import type { Proof } from '../../../model/act.ts';
import type { HostReader } from '../../../model/host.ts';
import { type Database, query, quoted, rowsOf } from './database.ts';
import type { TableFile } from './table-files.ts';

const COUNT_MS = 600_000;

/** Counts every row of each table. A table that the cut-off statement was deleting from may rightly have fewer. */
export async function proveRows(host: HostReader, database: Database, before: readonly TableFile[]): Promise<Proof[]> {
  const proofs: Proof[] = [];
  let sound = 0;
  let rows = 0;
  for (const table of before) {
    const name = `${table.database}.${table.table}`;
    const counted = await query(
      host,
      database,
      `SELECT COUNT(*) FROM ${quoted(table.database, table.table)}`,
      COUNT_MS,
    );
    const now = Number(rowsOf(counted.stdout)[0]?.[0] ?? Number.NaN);
    if (counted.code !== 0 || !Number.isInteger(now)) {
      const said = counted.stderr
        .split('\n')[0]
        ?.replace(/[^\x20-\x7e]/g, '?')
        .slice(0, 200);
      proofs.push({ ok: false, text: `${name} can't be read: ${said}` });
    } else if (now < table.rows) {
      proofs.push({
        ok: false,
        text: `${name} has ${now} rows, its header counted ${table.rows} before: compare it with the copy that was kept`,
      });
    } else {
      sound++;
      rows += now;
    }
  }
  if (sound > 0)
    proofs.unshift({
      ok: true,
      text: `${sound === 1 ? '1 table that was' : `${sound} tables that were`} open when the database ended: all rows are there and readable (${rows}), none fewer than counted before.`,
    });
  return proofs;
}

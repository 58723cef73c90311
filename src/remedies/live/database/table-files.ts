// The files of MyISAM and Aria tables: their headers tell, before the server starts, which were not closed and how many rows they had.
import type { HostReader } from '../../../model/host.ts';
import type { TableName } from '../../safe.ts';

/** One table as the header of its index file has it. */
export interface TableFile extends TableName {
  readonly engine: 'MyISAM' | 'Aria';
  /** Opened for writing and not closed, or marked as crashed. */
  readonly unclosed: boolean;
  /** Rows when the header was last written, that is after each statement; a transactional Aria table writes them later. */
  readonly rows: number;
  /** Absolute: index and data. */
  readonly files: readonly string[];
}

/** Both engines write the same beginning: the mark, then how often the table is open (mi_state_info_write, _ma_state_info_write_sub). */
const HEADER_BYTES = 64;
const OPEN_COUNT_AT = 24;
const CHANGED_AT = 26;
/** STATE_CRASHED, STATE_CRASHED_ON_REPAIR, and Aria's STATE_CRASHED_FLAGS, of the flags in `changed`. */
const CRASHED = 2 | 4;
const TABLES_MAX = 50_000;
/** The server's own: rewritten all the time, and rebuilt by it. */
const NOT_TABLES = new Set(['performance_schema', 'information_schema', 'sys', '#innodb_temp', '#rocksdb']);

/** All MyISAM and Aria tables below the data folder whose names are plain; others are counted. */
export function tableFiles(host: HostReader, dataFolder: string): { tables: readonly TableFile[]; odd: number } {
  const tables: TableFile[] = [];
  let odd = 0;
  for (const database of host.list(dataFolder) ?? []) {
    if (NOT_TABLES.has(database) || database.startsWith('#')) continue;
    for (const name of host.list(`${dataFolder}/${database}`) ?? []) {
      const [, table, ending] = /^(.+)\.(MYI|MAI)$/.exec(name) ?? [];
      if (table === undefined || tables.length >= TABLES_MAX || table.startsWith('#sql')) continue;
      const path = `${dataFolder}/${database}/${table}`;
      const engine = ending === 'MYI' ? 'MyISAM' : 'Aria';
      const state = headerOf(host.readBytes(`${path}.${ending}`, HEADER_BYTES), engine);
      const [db, own] = [nameOf(database), nameOf(table)];
      if (state === undefined || db === undefined || own === undefined) odd++;
      else
        tables.push({
          database: db,
          table: own,
          engine,
          ...state,
          files: [`${path}.${ending}`, `${path}.${engine === 'MyISAM' ? 'MYD' : 'MAD'}`],
        });
    }
  }
  return { tables, odd };
}

export function headerOf(
  bytes: Uint8Array | undefined,
  engine: TableFile['engine'],
): { unclosed: boolean; rows: number } | undefined {
  if (bytes === undefined || bytes.length < HEADER_BYTES || bytes[0] !== 0xfe || bytes[1] !== 0xfe) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const changed = engine === 'MyISAM' ? view.getUint8(CHANGED_AT) : view.getUint16(CHANGED_AT);
  const rows = Number(view.getBigUint64(engine === 'MyISAM' ? 28 : 48));
  return { unclosed: view.getUint16(OPEN_COUNT_AT) > 0 || (changed & CRASHED) !== 0, rows };
}

/** `wp@002doptions` is the table `wp-options`; letters beyond ASCII have spellings of their own, which are left to a person. */
export function nameOf(file: string): string | undefined {
  if (!/^(?:[A-Za-z0-9_$#-]|@00[2-7][0-9a-f])+$/.test(file)) return undefined;
  return file.replace(/@00([2-7][0-9a-f])/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** The name of a table's files without their ending (filename-encoded as of MySQL 5.1): all but letters, digits and _ as `@` and four digits. */
export function fileNameOf(name: string): string | undefined {
  if (!/^[\x20-\x7e]+$/.test(name)) return undefined;
  return name.replace(/[^A-Za-z0-9_]/g, (one) => `@${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

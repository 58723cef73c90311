// What a database server needs of the memory: to start, and when its buffers have filled.
import type { Database } from './database.ts';

const MB = 1024;
/**
 * Private memory right after the start. MariaDB 10.11 with Debian's settings: 76 MB measured, its buffers not yet filled. MySQL 8
 * keeps its performance schema in memory: about 300 MB (read).
 */
const AT_START_KB = { MariaDB: 76 * MB, MySQL: 300 * MB } as const;
/** Where the files don't say: the default of both. */
const POOL_KB = 128 * MB;

export interface Need {
  readonly startKb: number;
  /** With the InnoDB buffer pool full. */
  readonly fullKb: number;
  readonly poolKb: number;
}

export function needOf({ product, settings }: Pick<Database, 'product' | 'settings'>): Need {
  const startKb = AT_START_KB[product];
  const poolKb = kbOf(settings.get('innodb-buffer-pool-size')) ?? POOL_KB;
  return { startKb, poolKb, fullKb: startKb + poolKb };
}

/** `134217728`, `128M`, `1G`: bytes, or with a suffix of powers of 1024. */
export function kbOf(text: string | undefined): number | undefined {
  const [, digits, suffix = ''] = /^(\d{1,15})([KMGT]?)$/i.exec(text ?? '') ?? [];
  if (digits === undefined) return undefined;
  return Math.round((Number(digits) * 1024 ** ' KMGT'.indexOf(suffix.toUpperCase() || ' ')) / 1024);
}

// What a database server needs of the memory: to start, and when its buffers have filled.
import { sizeKb } from '../../../config/ini.ts';
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
  const poolKb = sizeKb(settings.get('innodb-buffer-pool-size')) ?? POOL_KB;
  return { startKb, poolKb, fullKb: startKb + poolKb };
}

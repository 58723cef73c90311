// The error log of MariaDB (5.5 to 11) and MySQL (5.5 to 9), with mysqld_safe's lines and crash reports.

import type { DatabaseEvent } from '../../model/event.ts';
import type { FactSink, LineReader, TextFormat } from '../../model/reader.ts';
import type { Stamp } from '../../model/time.ts';
import { readDatabaseMessage } from '../messages/database.ts';
import { takeDatabaseStamp } from '../messages/stamps.ts';
import { recogniseStarts } from './multi-line.ts';

const LEVELLED =
  /^(?:(?:\d{1,20}|[0-9a-f]{12,16}) )?(?:\[(?:System|Note|Warning|ERROR|Error)\] |(?:[0-9a-f]{12,16} )?InnoDB: )|^mysqld_safe |^(?:UTC - )?(?:mysqld|mariadbd) got signal /;
/**
 * Lines without a stamp that the server itself begins. All others (the statement in a crash report, rows in a deadlock's report) may hold
 * what a visitor sent, and are not read.
 */
const OWN_LINE =
  /^(?:InnoDB: |Fatal error: |\[(?:ERROR|Warning)\] |(?:\/\S{1,200}\/)?(?:mysqld|mariadbd)(?:: | got signal )|\d\d:\d\d:\d\d UTC - mysqld)/;
const CONTINUATION =
  /^(?:InnoDB: |Version: '|--Thread |Fatal |\S*(?:mysqld|mariadbd)|\d\d:\d\d:\d\d UTC - mysqld|TRANSACTION |LOCK WAIT|RECORD LOCKS|Record lock| \d{1,3}: len|\*\*\* |mysql tables in use|(?:MySQL|MariaDB) thread id|Thread pointer|Attempting backtrace|stack_bottom|Tcp port|To report this bug|Server version|key_buffer_size|\[?0x|Max )/;

interface Held {
  readonly stamp: Stamp | undefined;
  readonly event: DatabaseEvent;
  readonly line: number;
  readonly text: string;
}

export const databaseErrorFormat: TextFormat = {
  id: 'database-error',
  title: 'MariaDB/MySQL error log',
  recognise: (head) =>
    recogniseStarts(
      head,
      (line) => {
        const { stamp, rest } = takeDatabaseStamp(line);
        return stamp !== undefined && LEVELLED.test(rest);
      },
      (line) => CONTINUATION.test(line),
    ),
  open: (sink) => openDatabaseError(sink),
};

function openDatabaseError(sink: FactSink): LineReader {
  /** InnoDB says that a wait is long in one line, and how long in the next. */
  let held: Held | undefined;

  function release(tookMs?: number, detail?: string): void {
    if (!held) return;
    const took = tookMs === undefined ? {} : { tookMs };
    const where = detail === undefined ? {} : { detail };
    sink.event(held.stamp, { ...held.event, ...took, ...where }, held.line, held.text);
    held = undefined;
  }

  return {
    line(text, line) {
      const { stamp } = takeDatabaseStamp(text);
      if (stamp === undefined && held && text.startsWith('--Thread ')) {
        const wait = readDatabaseMessage(text);
        release(wait?.tookMs, wait?.detail);
        return;
      }
      release();
      const event = stamp !== undefined || OWN_LINE.test(text) ? readDatabaseMessage(text) : undefined;
      if (!event) sink.seen(stamp);
      else if (event.what === 'long-semaphore-wait' && event.tookMs === undefined) held = { stamp, event, line, text };
      else sink.event(stamp, event, line, text);
    },
    end: () => release(),
  };
}

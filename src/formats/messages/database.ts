// Reads one message of MariaDB (5.5 to 11) or MySQL (5.5 to 9): the line of the error log, with or without its stamp.
import type { DatabaseEvent } from '../../model/event.ts';
import { database, quotingRules, runningRules } from './database-running-rules.ts';
import { startRules } from './database-start-rules.ts';
import { applyRules, clip, MESSAGE_MAX } from './rules.ts';
import { takeDatabaseStamp } from './stamps.ts';

// Behind the stamp stand the thread (decimal, or hexadecimal in MySQL 5.6), the level, and in MySQL 8 the code and the subsystem.
const THREAD = /^(?:\d{1,20}|[0-9a-f]{12,16}) (?=\[|InnoDB: )/;
const LEVEL = /^\[(System|Note|Warning|ERROR|Error)\] {1,2}/;
const CODE = /^\[MY-\d{6}\] \[\w{1,20}\] /;
const UTC = /^(?:\d\d:\d\d:\d\d )?(?:UTC )?- (?=mysqld|mariadbd)/;
const SPEAKER =
  /^(?:InnoDB: |Aria: |\[FATAL\] |Fatal error: (?=Can't)|(?:\/[^\s:]{1,200}\/)?(?:mysqld|mariadbd)(?:-\w{1,20})?: )/;

/** What a line holds besides its stamp. */
interface DatabaseLine {
  readonly level: 'note' | 'warning' | 'error' | undefined;
  readonly fatal: boolean;
  /** The message without level, code and speaker ("InnoDB: ", "mysqld: "). */
  readonly message: string;
}

/** Takes the envelope off the text behind the stamp (sql/log.cc, my_getopt.c; MySQL: log_sink_trad.cc). */
function unwrapDatabaseLine(behindStamp: string): DatabaseLine {
  let text = clip(behindStamp, MESSAGE_MAX).replace(THREAD, '');
  const word = LEVEL.exec(text);
  if (word) text = text.slice(word[0].length);
  text = text.replace(CODE, '').replace(UTC, '').trimStart();
  let fatal = false;
  for (let i = 0; i < 4; i++) {
    const speaker = SPEAKER.exec(text);
    if (!speaker) break;
    fatal ||= speaker[0] === '[FATAL] ';
    text = text.slice(speaker[0].length);
  }
  return { level: levelOf(word?.[1]), fatal, message: text.trimEnd() };
}

function levelOf(word: string | undefined): DatabaseLine['level'] {
  if (word === undefined) return undefined;
  if (word === 'Warning') return 'warning';
  return word === 'ERROR' || word === 'Error' ? 'error' : 'note';
}

/**
 * What the database says; `undefined` when it means nothing to us. Sources: share/errmsg-utf8.txt, storage/innobase and mysqld.cc of
 * MariaDB and MySQL, MySQL's share/messages_to_error_log.txt, scripts/mysqld_safe.sh. English messages only (lc_messages). Never throws.
 */
export function readDatabaseMessage(message: string): DatabaseEvent | undefined {
  const { level, fatal, message: text } = unwrapDatabaseLine(takeDatabaseStamp(clip(message, MESSAGE_MAX)).rest);
  const found = applyRules(quotingRules, text) ?? applyRules(runningRules, text) ?? applyRules(startRules, text);
  if (found?.kind === 'database') return found;
  // InnoDB's [FATAL] ends the server by an assertion of its own (ib::fatal).
  return fatal && level === 'error' ? database('assertion', { detail: clip(text, 120) }) : undefined;
}

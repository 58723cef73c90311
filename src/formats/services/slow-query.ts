// The slow query log of MariaDB, MySQL and Percona Server: one event a statement, without its literals.
import type { FactSink, LineReader, TextFormat } from '../../model/reader.ts';
import type { EpochMs, Stamp } from '../../model/time.ts';
import { clip, known } from '../messages/rules.ts';
import { takeDatabaseStamp } from '../messages/stamps.ts';
import { withoutLiterals } from './statement.ts';

const TIME = /^# Time: (?=\d{6}(?: |\d\d)|\d{4}-)/;
const USER = /^# User@Host: ([^[\n]{0,128})\[[^\]\n]{0,128}\] @ {1,2}([^\n]{0,300})/;
const FIGURES =
  /^# Query_time: (\d{1,12}(?:\.\d{1,9})?) {1,3}Lock_time: (\d{1,12}(?:\.\d{1,9})?)(?: {1,3}Rows_sent: (\d{1,18}))?(?: {1,3}Rows_examined: (\d{1,18}))?/;
const SCHEMA = /^# (?:Thread_id: \d{1,20} {1,3})?Schema: (\S{0,128})(?: {1,3}(?:QC_hit|Last_errno): |$)/;
const MORE =
  /^# {1,3}(?:Thread_id|Schema|Rows_affected|Bytes_sent|Tmp_tables|Full_scan|Filesort|InnoDB_\w{1,40}|No InnoDB statistics|Stored_routine|Log_slow_rate|explain|Pages_accessed|Id|Stored routine|Priority_queue|Engine_time|Max_memory_used):? ?/i;
const SET_TIME = /^SET (?:[a-z_]{1,40}=\d{1,20},){0,5}timestamp=(\d{1,12})(?:\.(\d{1,6}))?\b/;
const USE = /^use `?([^`;\n]{1,128})`?;$/;
const ADMIN = /^# administrator command: /;
// What the server writes when it opens the file (sql/log.cc, MYSQL_QUERY_LOG::write): three lines.
const BANNER =
  /, Version: \S[^\n]{0,300}started with:$|^Tcp port: \d{1,5} {1,3}Unix socket: |^Time\s{1,20}Id Command\s{1,10}Argument/;
const STARTED = /^\S{1,200}, Version: \S[^\n]{0,300}started with:$/;
const STATEMENT_MAX = 65_536;

interface Entry {
  line: number;
  first: string;
  at: EpochMs | undefined;
  user: string | undefined;
  database: string | undefined;
  figures: { seconds: number; lock: number; sent: number | undefined; examined: number } | undefined;
  statement: string;
  /** Whether the last line of the statement was complete. The statement itself may have been cut. */
  ended: boolean;
}

export const slowQueryFormat: TextFormat = {
  id: 'slow-query',
  title: 'MariaDB/MySQL slow query log',
  recognise(head) {
    const headers = head.filter((line) => USER.test(line) || FIGURES.test(line)).length;
    if (headers > 0) return 1;
    return head.length > 0 &&
      head.every((line) => line.trim() === '' || BANNER.test(line)) &&
      head.some((l) => BANNER.test(l))
      ? 1
      : 0;
  },
  open: (sink) => openSlowQuery(sink),
};

/**
 * The time of an event is `SET timestamp` (epoch seconds: the statement's begin in MariaDB and MySQL 8.0.14 and later, its end before), else the
 * latest `# Time:`, which stands only where the second changed (sql/log.cc, MYSQL_QUERY_LOG::write).
 */
function openSlowQuery(sink: FactSink): LineReader {
  let clock: Stamp | undefined;
  let entry: Entry | undefined;

  function flush(): void {
    const done = entry;
    entry = undefined;
    if (!done) return;
    const stamp: Stamp | undefined = done.at === undefined ? clock : { ms: done.at, clock: 'absolute' };
    const statement = withoutLiterals(done.statement);
    if (!done.figures || statement === '') {
      sink.seen(stamp);
      return;
    }
    sink.event(
      stamp,
      {
        kind: 'slow-query',
        seconds: done.figures.seconds,
        lockSeconds: done.figures.lock,
        rowsExamined: done.figures.examined,
        ...known({ rowsSent: done.figures.sent, user: done.user, database: done.database }),
        statement,
      },
      done.line,
      done.first,
    );
  }

  function begin(text: string, line: number): Entry {
    flush();
    entry = {
      line,
      first: text,
      at: undefined,
      user: undefined,
      database: undefined,
      figures: undefined,
      statement: '',
      ended: true,
    };
    return entry;
  }

  /** A line of the statement, or one of the two that stand before it. */
  function body(current: Entry, text: string): void {
    if (current.statement === '') {
      const time = SET_TIME.exec(text);
      if (time && current.at === undefined) {
        current.at = Number(time[1]) * 1000 + Number((time[2] ?? '').padEnd(3, '0').slice(0, 3));
        return;
      }
      const use = USE.exec(text);
      if (use) {
        current.database = use[1];
        return;
      }
    }
    current.ended = text.trimEnd().endsWith(';') || ADMIN.test(text);
    if (current.statement.length < STATEMENT_MAX) {
      const more = ADMIN.test(text) ? text.slice(2) : text;
      current.statement += (current.statement === '' ? '' : '\n') + clip(more, STATEMENT_MAX);
    }
  }

  return {
    line(text, line) {
      // A header begins a new entry only behind a statement that is complete: a string literal may hold lines that look like one.
      const open = entry !== undefined && !entry.ended;
      if (!open && text.startsWith('# ') && !ADMIN.test(text)) {
        if (TIME.test(text)) {
          flush();
          clock = takeDatabaseStamp(text.replace(TIME, '')).stamp ?? clock;
          sink.seen(clock);
          return;
        }
        const user = USER.exec(text);
        if (user) {
          begin(text, line).user = user[1]?.trim();
          return;
        }
        const figures = FIGURES.exec(text);
        if (figures) {
          const current = entry && entry.statement === '' && !entry.figures ? entry : begin(text, line);
          current.figures = {
            seconds: Number(figures[1]),
            lock: Number(figures[2]),
            sent: figures[3] === undefined ? undefined : Number(figures[3]),
            examined: Number(figures[4] ?? 0),
          };
          return;
        }
        const schema = SCHEMA.exec(text);
        if (schema && entry && entry.statement === '') entry.database ??= schema[1];
        if (schema || MORE.test(text)) return;
      }
      // A server that was killed in the middle of a statement leaves it open: the next start's banner ends it.
      if (open ? STARTED.test(text) : BANNER.test(text)) {
        flush();
        sink.seen(undefined);
        return;
      }
      if (entry) body(entry, text);
      else if (text.trim() !== '') sink.unreadable(line, text);
    },
    end: flush,
  };
}

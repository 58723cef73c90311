// Turns the fields of a journal entry, from `journalctl -o json` or `-o export`, into messages for the dispatcher.
import type { Stamp } from '../../model/time.ts';
import type { Dispatcher } from './dispatch.ts';

/** The fields that are read (systemd.journal-fields(7)); all others may be thrown away. */
export const WANTED_FIELDS: ReadonlySet<string> = new Set([
  'MESSAGE',
  'SYSLOG_IDENTIFIER',
  '_COMM',
  '_TRANSPORT',
  'SYSLOG_PID',
  '_PID',
  'UNIT',
  'USER_UNIT',
  '_SYSTEMD_UNIT',
  '_BOOT_ID',
  '__REALTIME_TIMESTAMP',
]);

/** More lines than this in one message are not looked at. */
const MOST_LINES = 200;
const ESCAPE = /\u001b\[[0-9;]{0,16}[A-Za-z]/g;

/** Sends entries on, in order. */
interface EntryTeller {
  /** A line of the message at a time; false when the entry has no message. `record` counts from 1. */
  tell(fields: ReadonlyMap<string, string>, record: number): boolean;
}

export function entryTeller(dispatch: Dispatcher): EntryTeller {
  let boot: string | undefined;
  return {
    tell(fields, record) {
      const id = fields.get('_BOOT_ID');
      if (id !== undefined && boot !== undefined && id !== boot) dispatch.boot(record, `-- Boot ${id} --`);
      boot = id ?? boot;
      return tellEntry(dispatch, fields, record);
    },
  };
}

function tellEntry(dispatch: Dispatcher, fields: ReadonlyMap<string, string>, record: number): boolean {
  const message = fields.get('MESSAGE');
  if (message === undefined) return false;
  const program = programOf(fields);
  const pidText = fields.get('SYSLOG_PID') ?? fields.get('_PID') ?? '';
  const pid = /^\d{1,10}$/.test(pidText) ? Number(pidText) : undefined;
  const unit = fields.get('UNIT') ?? fields.get('USER_UNIT');
  const stamp = stampOf(fields.get('__REALTIME_TIMESTAMP'));
  const tag = pid === undefined || program === 'kernel' ? program : `${program}[${pid}]`;
  for (const line of message.split('\n', MOST_LINES)) {
    const bare = line.replace(ESCAPE, '');
    if (bare.trim() === '') continue;
    dispatch.message({ stamp, program, pid, unit, message: bare, line: record, text: `${tag}: ${bare}` });
  }
  return true;
}

function programOf(fields: ReadonlyMap<string, string>): string {
  if (fields.get('_TRANSPORT') === 'kernel') return fields.get('SYSLOG_IDENTIFIER') ?? 'kernel';
  const unit = fields.get('_SYSTEMD_UNIT')?.replace(/(?:@.*)?\.service$/, '');
  return fields.get('SYSLOG_IDENTIFIER') ?? fields.get('_COMM') ?? unit ?? '';
}

/** Microseconds since 1970. */
function stampOf(text: string | undefined): Stamp | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  return { ms: Math.floor(Number(text) / 1000), clock: 'absolute' };
}

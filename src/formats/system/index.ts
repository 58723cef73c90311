// The formats of system logs, for the source that recognises files.
import type { BinaryFormat, TextFormat } from '../../model/reader.ts';
import { dmesg } from './dmesg.ts';
import { journalExport } from './journal-export.ts';
import { journalJson } from './journal-json.ts';
import { aptHistory, dpkgLog, fail2banLog, yumLog } from './packages.ts';
import { syslog } from './syslog.ts';

export const systemFormats: readonly TextFormat[] = [
  syslog,
  journalJson,
  dmesg,
  dpkgLog,
  aptHistory,
  yumLog,
  fail2banLog,
];
export const systemBinaryFormats: readonly BinaryFormat[] = [journalExport];

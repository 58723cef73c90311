// A file of command outputs one after the other, with or without prompts: cut into sections, each read by its kind.
import type { FactSink, LineReader, TextFormat } from '../../model/reader.ts';
import type { Stamp } from '../../model/time.ts';
import { openMysqladmin, openProcesslist, openStatus } from './database.ts';
import { openDf } from './df.ts';
import { openDstat } from './dstat.ts';
import { openDu } from './du.ts';
import { openFree } from './free.ts';
import { openLoadavg, openMeminfo, openPressure } from './proc.ts';
import { dateLine, typedCommand, watchHeader } from './prompt.ts';
import { openPs } from './ps.ts';
import type { Opener, Section } from './section.ts';
import { openNetstat, openSs, openSsSummary } from './sockets.ts';
import { openTop } from './top.ts';
import { openUptime } from './uptime.ts';
import { openVmstat } from './vmstat.ts';

const OPENERS: readonly Opener[] = [
  openTop,
  openUptime,
  openPs,
  openFree,
  openDf,
  openDu,
  openSs,
  openSsSummary,
  openNetstat,
  openVmstat,
  openDstat,
  openMeminfo,
  openLoadavg,
  openPressure,
  openMysqladmin,
  openStatus,
  openProcesslist,
];
/** Outputs with lines that could also begin one: the section that is open is asked first. */
const REPEATING: ReadonlySet<Opener> = new Set([
  openPs,
  openMeminfo,
  openPressure,
  openStatus,
  openVmstat,
  openDstat,
  openNetstat,
  openDu,
]);
/** Longer lines are cut: a command line may be long, but nothing that is read stands so far behind. */
const LINE_MAX = 8192;
const ESCAPES = /\x1b(?:\[[0-9;?]{0,20}[A-Za-z]|\([A-Z0-9])/g;
/** What stands in front of an output: dstat's warnings, the first half of mysqladmin's complaint, a table's upper rule. */
const LEAD_IN =
  /^(?:You did not select any stats, .*|\S{1,80}dstat:\d+: DeprecationWarning: .*| *import imp|\+(?:-+\+){1,30}|(?:mysqladmin|mariadb-admin): connect to server at .*|mysqladmin: .*)\s*$/;

/** A table goes on behind so many lines that are not its own. */
const STRAYS_MAX = 3;

type Kind = 'fact' | 'neutral' | 'strange';

export const pastedAny: TextFormat = {
  id: 'pasted-output',
  title: 'pasted command output',
  recognise(head) {
    let facts = 0;
    let strange = 0;
    const reader = pastedReader(SILENT, (kind) => {
      if (kind === 'fact') facts++;
      else if (kind === 'strange') strange++;
    });
    head.forEach((text, i) => {
      reader.line(text, i + 1);
    });
    reader.end();
    return facts === 0 ? 0 : facts / (facts + strange);
  },
  open: (sink) => pastedReader(sink, () => undefined),
};

const SILENT: FactSink = {
  event() {},
  sample() {},
  access() {},
  packet() {},
  seen() {},
  unreadable() {},
};

function pastedReader(sink: FactSink, heard: (kind: Kind) => void): LineReader {
  let section: Section | undefined;
  let command = '';
  /** Lines in a row that the open section didn't know. */
  let strays = 0;
  /** From `date` or watch: holds for the outputs that follow it, up to the next prompt. */
  let dated: Stamp | undefined;
  function close(): void {
    const done = section;
    section = undefined;
    for (const { stamp, data, line, text } of done?.end() ?? []) sink.sample(stamp ?? dated, data, line, text);
  }
  function neutral(stamp: Stamp | undefined): void {
    heard('neutral');
    sink.seen(stamp);
  }
  return {
    line(raw, line) {
      const cut = raw.slice(0, LINE_MAX);
      const text = (cut.includes('\x1b') ? cut.replace(ESCAPES, '') : cut).trimEnd();
      for (const open of OPENERS) {
        // A line that begins an output ends the one before: repeated headers make repeated samples.
        const opened = open(text, line, { command });
        if (!opened) continue;
        if (!(REPEATING.has(open) && section?.line(text, line))) {
          close();
          section = opened;
          strays = 0;
        }
        heard('fact');
        return;
      }
      if (section?.line(text, line)) {
        strays = 0;
        heard(text === '' ? 'neutral' : 'fact');
        return;
      }
      if (text === '') return;
      const watch = watchHeader(text);
      const date = watch ? undefined : dateLine(text);
      const typed = watch?.command ?? (date ? undefined : typedCommand(text));
      if (typed !== undefined || date) {
        close();
        command = typed ?? command;
        dated = date ?? watch?.stamp;
        neutral(dated);
      } else if (LEAD_IN.test(text.slice(0, 400))) {
        close();
        neutral(undefined);
      } else {
        // A long command line that the terminal or a mail has wrapped doesn't end a table.
        if (++strays > STRAYS_MAX) close();
        heard('strange');
        sink.unreadable(line, raw);
      }
    },
    end: close,
  };
}

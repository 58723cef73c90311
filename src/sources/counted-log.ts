// One access log as its parts were counted: their traffic together, and what is reported of the log.

import { decodeTraffic } from '../engine/kernel-decode.ts';
import { FIGURES, type Figure } from '../engine/kernel-layout.ts';
import type { KernelCount } from '../engine/kernel-task.ts';
import { mergeTraffic } from '../engine/merge.ts';
import type { AccessFormat } from '../model/access-entry.ts';
import { evidence } from '../model/evidence.ts';
import type { Traffic } from '../model/traffic.ts';
import { eventStore } from './event-store.ts';
import type { FileFacts } from './file-facts.ts';
import type { LogBegin } from './log-begin.ts';
import type { PartCount } from './part-count.ts';
import { readingNotes } from './read-input.ts';
import { requestNotes } from './request-gatherer.ts';

export interface CountedLog {
  /** Takes the next part, in the order of the log. What it returns must be called before the kernel's memory is used again. */
  add(part: PartCount): () => void;
  /** Nothing when no request was counted. To be asked once. */
  traffic(): Traffic | undefined;
  facts(of: {
    readonly id: string;
    readonly begin: LogBegin;
    /** NULs that stood before the first line. */
    readonly nuls: number;
  }): FileFacts;
}

export function countedLog(path: string, format: AccessFormat): CountedLog {
  const parts: PartCount[] = [];
  const counted: Traffic[] = [];
  const sum = (of: Figure): number => parts.reduce((all, part) => all + figureOf(part, of), 0);

  return {
    add(part) {
      const linesBefore = sum('lines');
      parts.push(part);
      if (figureOf(part, 'entries') === 0) return () => {};
      const kernel: KernelCount = { ...part.kernel, figure: (of) => figureOf(part, of) };
      const { traffic, settle } = decodeTraffic(kernel, { file: path, linesBefore });
      counted.push({ ...traffic, bytes: format.bytes, proxies: part.proxies, hiddenBehind: part.hiddenBehind });
      return settle;
    },
    traffic: () => mergeTraffic(counted),
    facts({ id, begin, nuls }) {
      const from = Math.min(...parts.map((part) => figureOf(part, 'spanFrom')));
      const to = Math.max(...parts.map((part) => figureOf(part, 'spanTo')));
      const bad = parts.find((part) => part.kernel.firstUnreadable !== undefined)?.kernel.firstUnreadable;
      const complaints = parts.map((part) => part.complaint).filter((complaint) => complaint !== undefined);
      return {
        path,
        format: id,
        title: format.title,
        bytes: nuls + parts.reduce((all, part) => all + part.bytes, 0),
        lines: sum('lines'),
        unreadable: parts.reduce((all, part) => all + part.kernel.unreadable, 0),
        firstUnreadable: bad === undefined ? undefined : evidence(path, 0, bad).text,
        store: eventStore(),
        accessSpan: from <= to ? { from, to } : undefined,
        accessOffsetMinutes: begin.offsetMinutes,
        packets: undefined,
        packetClock: undefined,
        notes: [
          ...requestNotes({ outside: sum('outside'), strays: sum('strays'), format, zone: undefined }),
          ...readingNotes({
            nuls,
            // What is wrong with a file is wrong with all parts behind it, too.
            complaints: complaints.slice(0, 1),
            lastLeftOut: parts.some((part) => part.lastLeftOut),
            cut: parts.reduce((all, part) => all + part.kernel.cut, 0),
          }),
        ],
        engine: 'kernel',
      };
    },
  };
}

export function figureOf(part: PartCount, of: Figure): number {
  return part.figures[FIGURES.indexOf(of)] ?? Number.NaN;
}

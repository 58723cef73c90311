// A section: the output of one command within a pasted file. Each kind recognises its first line and reads on from there.
import type { SampleData } from '../../model/sample.ts';
import type { Stamp } from '../../model/time.ts';

export interface Sampled {
  readonly data: SampleData;
  /** Absent when the output has no time. */
  readonly stamp?: Stamp;
  /** The line to quote, counted from 1. */
  readonly line: number;
  readonly text: string;
}

export interface Section {
  /** Takes the line if it belongs to this output; a section that says no is at its end. */
  line(text: string, line: number): boolean;
  /** All that was sampled; empty when nothing was readable. */
  end(): readonly Sampled[];
}

/** What stood before a section: the command as typed at a prompt, if it was pasted too. */
export interface Before {
  readonly command: string;
}

/** `undefined` when the line doesn't begin an output of this kind. */
export type Opener = (text: string, line: number, before: Before) => Section | undefined;

/** A section of a single sample that quotes its first line. */
export function singleSection(
  first: { line: number; text: string },
  take: (text: string, line: number) => boolean,
  data: () => SampleData | undefined,
): Section {
  return {
    line: take,
    end() {
      const sampled = data();
      return sampled ? [{ data: sampled, ...first }] : [];
    },
  };
}

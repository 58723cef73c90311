// Brings all files onto one time line: zones, years, days and the kernel's start are inferred, and each assumption is said.
import type { Manifest } from '../formats/recording/manifest.ts';
import type { EpochMs } from '../model/time.ts';
import { spanUnion, type TimeSpan } from '../model/time.ts';
import {
  type Anchor,
  type ClockInput,
  DAY_MS,
  isTimeOfDay,
  likelyDay,
  likelyYear,
  type RawStamp,
  shiftByAnchors,
  toEpoch,
} from './clock.ts';
import type { FileFacts } from './file-facts.ts';
import { fixedZone, parseZone, UTC, type Zone } from './zone.ts';

export interface AlignedFile {
  readonly facts: FileFacts;
  toEpoch(stamp: RawStamp): EpochMs | undefined;
  readonly span: TimeSpan | undefined;
  /** To add to the times of the packet summary. */
  readonly packetShiftMs: number;
  readonly notes: readonly string[];
}

export interface Alignment {
  readonly files: readonly AlignedFile[];
  readonly zone: Zone;
  readonly zoneAssumed: boolean;
  /** End of the record: the time of facts that have none. */
  readonly endAt: EpochMs;
  readonly assumptions: readonly string[];
}

interface Known {
  readonly zone: Zone | undefined;
  readonly manifest: Manifest | undefined;
  readonly year: number | undefined;
  readonly now: EpochMs;
}

export function alignClocks(facts: readonly FileFacts[], known: Known): Alignment {
  const assumptions: string[] = [];
  const { zone, assumed } = hostZone(facts, known, assumptions);
  const certain = spanUnion([...facts.map(certainSpan), spanOfManifest(known.manifest)]);
  const clocks = new Map<FileFacts, ClockInput>();
  const notes = new Map<FileFacts, string[]>();

  for (const file of facts) {
    const last = file.store.last;
    const input: ClockInput = {
      zone,
      year: yearOfFile(last, certain, known),
      day: 0,
      bootAt: undefined,
      shiftMs: 0,
    };
    clocks.set(file, input);
    if (last?.clock === 'yearless' && known.year === undefined) {
      const ends = [input.year, input.year + last.turns].sort((a, b) => a - b);
      const years = last.turns === 0 ? `${input.year}` : ends.join(' to ');
      note(notes, file, `no year in its times: ${years} taken${certain ? ', nearest to the other sources' : ''}`);
    }
  }

  // What is dated by now is the reference for what is not: times of day, the kernel's own clock.
  const dated = (file: FileFacts): TimeSpan | undefined => spanOfFile(file, clocks.get(file));
  const endOf = (): EpochMs => spanUnion(facts.map(dated))?.to ?? known.now;
  const reference = endOf();
  for (const file of facts) {
    const input = clocks.get(file);
    const last = file.store.last;
    if (!input || !last || !isTimeOfDay(last)) continue;
    clocks.set(file, { ...input, day: likelyDay(last.ms, reference, zone) - last.turns * DAY_MS });
    note(notes, file, 'times of day only: the day nearest to the other sources taken');
  }
  alignByAnchors(facts, clocks, notes, reference);

  const files = facts.map((file): AlignedFile => {
    const input = clocks.get(file);
    const span = dated(file);
    return {
      facts: file,
      toEpoch: (stamp) => input && toEpoch(stamp, input),
      span,
      packetShiftMs: packetShift(file, input),
      notes: notes.get(file) ?? [],
    };
  });
  for (const file of files) for (const text of file.notes) assumptions.push(`${file.facts.path}: ${text}`);
  if (files.some(({ facts: file }) => file.store.samples.some((sample) => !sample.stamp))) {
    assumptions.push('Pasted output without a time is taken as of the end of the record.');
  }
  return { files, zone, zoneAssumed: assumed, endAt: endOf(), assumptions };
}

/** A year that was given is that of the last line, from which a person counts back. */
function yearOfFile(last: RawStamp | undefined, certain: TimeSpan | undefined, known: Known): number {
  if (last?.clock !== 'yearless') return 1970;
  return known.year === undefined ? likelyYear(last, certain, known.now) : known.year - last.turns;
}

function spanOfManifest(manifest: Manifest | undefined): TimeSpan | undefined {
  const ends = [manifest?.from, manifest?.to].filter((at) => at !== undefined);
  return ends.length === 0 ? undefined : { from: Math.min(...ends), to: Math.max(...ends) };
}

function note(notes: Map<FileFacts, string[]>, file: FileFacts, text: string): void {
  const list = notes.get(file) ?? [];
  list.push(text);
  notes.set(file, list);
}

/** The zone of wall clocks that don't say theirs: given, the recording's, or that of the access log's stamps. */
function hostZone(facts: readonly FileFacts[], known: Known, assumptions: string[]): { zone: Zone; assumed: boolean } {
  if (known.zone) return { zone: known.zone, assumed: false };
  const named = known.manifest?.timezone === undefined ? undefined : parseZone(known.manifest.timezone);
  if (named) return { zone: named, assumed: false };
  const offset = facts.find((file) => file.accessOffsetMinutes !== undefined)?.accessOffsetMinutes;
  const needed = facts.some(({ store }) => store.last?.clock === 'local' || store.last?.clock === 'yearless');
  if (offset !== undefined) {
    const zone = fixedZone(offset);
    if (needed) assumptions.push(`Times without a zone are read as ${zone.name}, the zone of the access log.`);
    return { zone, assumed: true };
  }
  if (needed)
    assumptions.push(
      'Times without a zone are read as UTC: no source says the zone of this host (set it with --timezone).',
    );
  return { zone: UTC, assumed: true };
}

/** The span that is known without assumptions. */
function certainSpan(file: FileFacts): TimeSpan | undefined {
  const { first, last } = file.store;
  const stamped =
    first &&
    last &&
    first.clock === last.clock &&
    (last.clock === 'absolute' || (last.clock === 'local' && !isTimeOfDay(last)))
      ? { from: Math.min(first.ms, last.ms), to: Math.max(first.ms, last.ms) }
      : undefined;
  return spanUnion([file.accessSpan, stamped]);
}

function spanOfFile(file: FileFacts, clock: ClockInput | undefined): TimeSpan | undefined {
  const { first, last } = file.store;
  if (!clock || !first || !last || (isTimeOfDay(last) && clock.day === 0)) return file.accessSpan;
  const from = toEpoch(first, clock);
  const to = toEpoch(last, clock);
  return spanUnion([
    file.accessSpan,
    from !== undefined && to !== undefined ? { from: Math.min(from, to), to: Math.max(from, to) } : undefined,
  ]);
}

/** Files with a wall clock or the kernel's own clock are moved to where events that others tell of as well coincide. */
function alignByAnchors(
  facts: readonly FileFacts[],
  clocks: Map<FileFacts, ClockInput>,
  notes: Map<FileFacts, string[]>,
  endAt: EpochMs,
): void {
  const firm = facts.filter((file) => file.store.last?.clock === 'absolute');
  for (const file of facts) {
    const input = clocks.get(file);
    const clock = file.store.last?.clock;
    if (!input || clock === undefined || clock === 'absolute') continue;
    const boot = clock === 'boot';
    const others = facts.filter(
      (other) => other !== file && (boot ? other.store.last?.clock !== 'boot' : firm.includes(other)),
    );
    const own = anchorsOf(file, boot ? { ...input, bootAt: 0 } : input);
    const theirs = own.length === 0 ? [] : others.flatMap((other) => anchorsOf(other, clocks.get(other)));
    const { shiftMs, matches } = shiftByAnchors(own, theirs, boot ? 'boot' : 'wall');
    if (boot) {
      const bootAt = matches > 0 ? shiftMs : endAt - (file.store.last?.ms ?? 0);
      clocks.set(file, { ...input, bootAt });
      const how =
        matches > 0
          ? `aligned on ${matches} event${matches === 1 ? '' : 's'} that another source tells of`
          : 'its last line taken as the end of the record';
      note(notes, file, `times are seconds since boot: ${how}`);
    } else if (matches > 0 && shiftMs !== 0) {
      clocks.set(file, { ...input, shiftMs });
      const hours = shiftMs / 3_600_000;
      note(
        notes,
        file,
        `its clock is moved by ${hours > 0 ? '+' : ''}${hours} h: ${matches} event${matches === 1 ? '' : 's'} then coincide with other sources`,
      );
    }
  }
}

/** Events that several sources tell of. */
function anchorsOf(file: FileFacts, clock: ClockInput | undefined): Anchor[] {
  if (!clock) return [];
  return file.store.events.flatMap(({ stamp, payload }) => {
    const at = stamp && toEpoch(stamp, clock);
    const what = anchorName(payload);
    return at === undefined || what === undefined ? [] : [{ what, at }];
  });
}

function anchorName(payload: FileFacts['store']['events'][number]['payload']): string | undefined {
  if (payload.kind === 'oom-kill')
    return /^(?:mysqld|mariadbd)/.test(payload.name) ? 'database killed' : `${payload.name} ${payload.pid} killed`;
  if (payload.kind === 'unit' && payload.role === 'database') {
    if (payload.change === 'killed' || payload.change === 'oom-killed') return 'database killed';
    if (payload.change === 'starting' || payload.change === 'started') return 'database started';
  }
  if (payload.kind === 'database' && (payload.what === 'starting' || payload.what === 'ready'))
    return 'database started';
  if (payload.kind === 'unit' && payload.role === 'web' && payload.change === 'started') return 'web server started';
  if (payload.kind === 'web' && payload.what === 'started') return 'web server started';
  return undefined;
}

function packetShift(file: FileFacts, clock: ClockInput | undefined): number {
  const { first } = file.store;
  if (!clock || !first || file.packetClock === undefined || file.packetClock === 'absolute') return clock?.shiftMs ?? 0;
  const asWritten = isTimeOfDay(first) ? first.ms + first.turns * DAY_MS : first.ms;
  return (toEpoch(first, clock) ?? asWritten) - asWritten;
}

// No space or no inodes: programs say so, or df shows it. Whether or not a visitor noticed.
import type { Dossier } from '../model/dossier.ts';
import type { LogEvent } from '../model/event.ts';
import type { Evidence } from '../model/evidence.ts';
import { kilobytes, many, percent } from '../model/figures.ts';
import type { DiskState, DiskUse } from '../model/sample.ts';
import { type EpochMs, spanOf } from '../model/time.ts';
import type { Detector } from './view/detector.ts';
import { mostFrequent } from './view/events.ts';

/** Free space that is none: less than half a percent, and less than 64 MB. */
const FREE_SHARE = 0.005;
const FREE_KB = 65_536;
/** File systems that are always full, or that nothing is written to. */
const NOT_A_DISK = /^(?:\/dev\/loop|squashfs|overlay$|iso9660|udf|efivarfs)|^\/dev\/sr/;
const NOT_A_PLACE = /^\/(?:snap|proc|sys|dev|run|media|cdrom|boot\/efi)(?:\/|$)/;

interface Fullness {
  readonly at: EpochMs;
  readonly until: EpochMs;
  readonly place: string | undefined;
  readonly inodes: boolean;
  readonly evidence: Evidence;
}

export const diskFull: Detector<'disk-full'> = {
  id: 'disk-full',
  detect(dossier) {
    const full = [...fromEvents(dossier), ...fromDisks(dossier)].sort((a, b) => a.at - b.at);
    const span = spanOf(full.flatMap((one) => [one.at, one.until]));
    if (!span) return [];
    const places = [...new Set(full.flatMap((one) => (one.place === undefined ? [] : [one.place])))];
    // df names the file system, programs a file in it.
    places.sort((a, b) => a.length - b.length);
    return [
      {
        id: 'disk-full',
        span,
        certainty: 'observed',
        measure: {
          places: withoutCovered(places).slice(0, 8),
          inodes: full.some((one) => one.inodes),
          ...writerOf(
            dossier,
            full.some((one) => one.inodes),
            places,
          ),
        },
        evidence: full.slice(0, 4).map((one) => one.evidence),
      },
    ];
  },
};

function fromEvents(dossier: Dossier): Fullness[] {
  return dossier.events.flatMap((event) => {
    const place = placeIn(event);
    if (place === false) return [];
    return [
      {
        at: event.at,
        until: event.until,
        place,
        inodes: event.kind === 'disk-full' && event.inodes === true,
        evidence: event.evidence,
      },
    ];
  });
}

/** The path that could not be written, `undefined` when the event names none, `false` when it is about something else. */
function placeIn(event: LogEvent): string | undefined | false {
  if (event.kind === 'disk-full') return event.path;
  if (event.kind === 'database' && event.what === 'disk-full') return event.detail ?? event.table;
  if (event.kind === 'web' && event.what === 'disk-full') return event.detail;
  if (event.kind === 'php' && event.what === 'disk-full') return writtenPath(event.message) ?? event.file;
  return false;
}

/** "session_start(): open(/var/lib/php/sessions/sess_..., O_RDWR) failed: No space left on device": what could not be written. */
function writtenPath(message: string): string | undefined {
  return /\((?:path: )?(\/[^,()'"\s]{1,300})/.exec(message.slice(0, 1000))?.[1];
}

function fromDisks(dossier: Dossier): Fullness[] {
  return dossier.samples.flatMap((sample) =>
    (sample.disks ?? []).filter(isReal).flatMap((disk) => {
      const inodes =
        disk.inodes !== undefined &&
        disk.inodes > 0 &&
        disk.inodesFree !== undefined &&
        disk.inodesFree <= disk.inodes * FREE_SHARE;
      const space =
        disk.sizeKb !== undefined &&
        disk.sizeKb > 0 &&
        disk.availableKb !== undefined &&
        disk.availableKb <= Math.min(FREE_KB, disk.sizeKb * FREE_SHARE);
      return inodes || space
        ? [{ at: sample.at, until: sample.at, place: disk.mount, inodes, evidence: sample.evidence }]
        : [];
    }),
  );
}

function isReal(disk: DiskState): boolean {
  return !NOT_A_DISK.test(disk.device ?? '') && !NOT_A_PLACE.test(disk.mount);
}

/** The file system says it for all files in it; a table's name says less than any path. */
function withoutCovered(places: readonly string[]): string[] {
  const paths = places.filter((place) => place.startsWith('/'));
  if (paths.length === 0) return [...places];
  const covers = (folder: string, path: string): boolean =>
    folder !== path && path.startsWith(folder === '/' ? '/' : `${folder}/`);
  return paths.filter((path) => !paths.some((other) => covers(other, path)));
}

/** Of what is taken on the disk: less is no reason for its end. */
const WRITER_SHARE = 0.3;

/**
 * What takes most of the room, by `du`: the deepest path that holds a good part of it all. Where programs complain of
 * files in a folder below it, that folder.
 */
function writerOf(dossier: Dossier, inodes: boolean, places: readonly string[]): { writer?: string; usedBy?: string } {
  const uses = dossier.samples.flatMap((sample) => sample.diskUse ?? []);
  const amountOf = (use: DiskUse): number => (inodes ? use.inodes : use.kb) ?? 0;
  const all = Math.max(0, usedOn(dossier, inodes, places), ...uses.map(amountOf));
  const large = uses.filter((use) => amountOf(use) >= all * WRITER_SHARE && amountOf(use) > 0);
  const deepest = large.toSorted((a, b) => depthOf(b.path) - depthOf(a.path) || amountOf(b) - amountOf(a))[0];
  if (!deepest || depthOf(deepest.path) < 1) return {};
  const share = `${percent(amountOf(deepest) / Math.max(1, all))} of what is taken`;
  const amount = inodes ? many(amountOf(deepest), 'inode') : kilobytes(amountOf(deepest));
  return {
    writer: complainedBelow(places, deepest.path) ?? deepest.path,
    usedBy: `${deepest.path} (${amount}, ${share})`,
  };
}

/** What is in use on the fullest file system that holds one of the places, kB or inodes; 0 when `df` is missing. */
function usedOn(dossier: Dossier, inodes: boolean, places: readonly string[]): number {
  const disks = dossier.samples.flatMap((sample) => sample.disks ?? []).filter(isReal);
  const full = disks.filter((disk) => places.includes(disk.mount));
  return Math.max(
    0,
    ...full.map((disk) =>
      inodes ? (disk.inodes ?? 0) - (disk.inodesFree ?? 0) : (disk.sizeKb ?? 0) - (disk.availableKb ?? 0),
    ),
  );
}

/** The folder below `path` that most complaints name. */
function complainedBelow(places: readonly string[], path: string): string | undefined {
  const below = places
    .filter((place) => place.startsWith(`${path.replace(/\/$/, '')}/`))
    .map((place) => place.slice(0, place.lastIndexOf('/')));
  const folder = mostFrequent(below);
  return folder === undefined || folder === path || !folder.startsWith(path) ? undefined : folder;
}

function depthOf(path: string): number {
  return path.split('/').filter((part) => part !== '').length;
}

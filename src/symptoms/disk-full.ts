// No space or no inodes: programs say so, or df shows it. Whether or not a visitor noticed.
import type { Dossier } from '../model/dossier.ts';
import type { LogEvent } from '../model/event.ts';
import type { Evidence } from '../model/evidence.ts';
import type { DiskState } from '../model/sample.ts';
import { type EpochMs, spanOf } from '../model/time.ts';
import type { Detector } from './view/detector.ts';

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
        measure: { places: places.slice(0, 8), inodes: full.some((one) => one.inodes) },
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
  if (event.kind === 'php' && event.what === 'disk-full') return event.file;
  return false;
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

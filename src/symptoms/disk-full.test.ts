// A full disk is one that programs complain of or df shows; what is always full, or never written to, is none.
import { describe, expect, it } from 'vitest';
import type { DiskState } from '../model/sample.ts';
import { diskFull } from './disk-full.ts';
import { event, found, sample } from './dossier.fixture.ts';

const MB = 1024;
const GB = 1024 * MB;
const df = (disk: Partial<DiskState>) => ({
  samples: [sample(0, { disks: [{ mount: '/var', device: '/dev/vda1', ...disk }] })],
});

describe('disk-full', () => {
  it('takes the word of any program, with the place that it names', () => {
    const told = [event(0, { kind: 'disk-full', program: 'rsyslogd', path: '/var/log/syslog' })];
    expect(found(diskFull, { events: told })).toMatchObject([
      { measure: { places: ['/var/log/syslog'], inodes: false } },
    ]);
  });

  it("reads the place out of PHP's message", () => {
    const message = 'session_start(): open(/var/lib/php/sessions/sess_x, O_RDWR) failed: No space left on device (28)';
    const told = [event(0, { kind: 'php', level: 'warning', what: 'disk-full', message })];
    expect(found(diskFull, { events: told })).toMatchObject([
      { measure: { places: ['/var/lib/php/sessions/sess_x'] } },
    ]);
  });

  it('is less than half a percent and less than 64 MB', () => {
    expect(found(diskFull, df({ sizeKb: 20 * GB, availableKb: 0 }))).toMatchObject([{ measure: { places: ['/var'] } }]);
    expect(found(diskFull, df({ sizeKb: 20 * GB, availableKb: 65 * MB }))).toEqual([]);
    expect(found(diskFull, df({ sizeKb: GB, availableKb: 6 * MB }))).toEqual([]);
  });

  it('is inodes as well, while there is room', () => {
    const none = { sizeKb: 20 * GB, availableKb: 9 * GB, inodes: 1_000_000, inodesFree: 12 };
    expect(found(diskFull, df(none))).toMatchObject([{ measure: { inodes: true } }]);
    expect(found(diskFull, df({ ...none, inodesFree: 900_000 }))).toEqual([]);
    // Some file systems count no inodes.
    expect(found(diskFull, df({ sizeKb: 20 * GB, availableKb: 9 * GB, inodes: 0, inodesFree: 0 }))).toEqual([]);
  });

  it.each([
    ['a snap', { mount: '/snap/core/1', device: '/dev/loop3' }],
    ['a CD', { mount: '/cdrom', device: '/dev/sr0' }],
    ['a layer of a container', { mount: '/data', device: 'overlay' }],
    ['the firmware partition', { mount: '/boot/efi', device: '/dev/vda15' }],
  ])('is not %s, which is always full', (_what, disk) => {
    expect(found(diskFull, df({ ...disk, sizeKb: 100 * MB, availableKb: 0 }))).toEqual([]);
  });

  it('names what takes the room, by the deepest path that holds a good part of it', () => {
    const diskUse = [
      { path: '/var', kb: 20 * GB },
      { path: '/var/www', kb: 18 * GB },
      { path: '/var/www/html/wp-content/debug.log', kb: 17 * GB },
      { path: '/var/lib/mysql', kb: GB },
    ];
    const disks = [{ mount: '/var', device: '/dev/vda1', sizeKb: 20 * GB, availableKb: 0 }];
    const [full] = found(diskFull, { samples: [sample(0, { disks, diskUse })] });
    expect(full?.measure.writer).toBe('/var/www/html/wp-content/debug.log');
    expect(full?.measure.usedBy).toMatch(/17 GB, 85 % of what is taken/);
  });

  it('names nothing where no path stands out', () => {
    const diskUse = [
      { path: '/', kb: 20 * GB },
      { path: '/var/lib', kb: 5 * GB },
    ];
    const disks = [{ mount: '/', device: '/dev/vda1', sizeKb: 20 * GB, availableKb: 0 }];
    const [full] = found(diskFull, { samples: [sample(0, { disks, diskUse })] });
    expect(full?.measure.writer).toBeUndefined();
  });
});

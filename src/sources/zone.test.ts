import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedZone, fromWallClock, parseZone, UTC, type Zone } from './zone.ts';

const zone = (name: string): Zone => {
  const parsed = parseZone(name);
  if (!parsed) throw new Error(name);
  return parsed;
};

describe('zones', () => {
  it.each([
    ['UTC', 0],
    ['+01:00', 60],
    ['-0800', -480],
    ['UTC+05:30', 330],
    ['GMT-03:30', -210],
    ['+14:00', 840],
    ['Europe/Berlin', 60],
    ['Asia/Kathmandu', 345],
    ['America/St_Johns', -210],
  ])('%s', (name, minutes) => {
    expect(zone(name).offsetMinutes(Date.UTC(2026, 10, 22))).toBe(minutes);
  });

  it.each(['', ' ', 'Mars/Olympus', '+15:00', '+01:75', '1', '01:00', 'Europe/Berlin; rm'])('%j is none', (name) => {
    expect(parseZone(name)).toBeUndefined();
  });

  it('go by the summer time of the moment', () => {
    const berlin = zone('Europe/Berlin');
    expect(berlin.offsetMinutes(Date.UTC(2026, 2, 29, 0, 59))).toBe(60);
    expect(berlin.offsetMinutes(Date.UTC(2026, 2, 29, 1, 0))).toBe(120);
    // Lord Howe Island goes back by half an hour, at half past.
    const howe = zone('Australia/Lord_Howe');
    expect(howe.offsetMinutes(Date.UTC(2026, 3, 4, 14, 59))).toBe(660);
    expect(howe.offsetMinutes(Date.UTC(2026, 3, 4, 15, 1))).toBe(630);
  });

  it('read a wall clock back, but for the hour that comes twice', () => {
    const names = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'Pacific/Chatham',
      'UTC',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) }),
        (name, at) => {
          const of = zone(name);
          const wall = at + of.offsetMinutes(at) * 60_000;
          const back = fromWallClock(wall, of);
          // Whatever of the two is taken, the clock showed just that.
          expect(back + of.offsetMinutes(back) * 60_000).toBe(wall);
          expect(Math.abs(back - at)).toBeLessThanOrEqual(3_600_000);
        },
      ),
    );
  });

  it('of an hour that never was, take a moment close by', () => {
    const at = fromWallClock(Date.UTC(2026, 2, 29, 2, 30), zone('Europe/Berlin'));
    expect(Math.abs(at - Date.UTC(2026, 2, 29, 1, 0))).toBeLessThanOrEqual(3_600_000);
  });

  it('never throw, whatever the moment', () => {
    for (const at of [Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1e300, 8.64e15, -8.64e15])
      expect(Number.isFinite(zone('Europe/Berlin').offsetMinutes(at))).toBe(true);
    fc.assert(fc.property(fc.string(), (text) => void parseZone(text)?.offsetMinutes(0)));
  });

  it('of a fixed offset are named by it', () => {
    expect(fixedZone(0)).toBe(UTC);
    expect(fixedZone(-210).name).toBe('-03:30');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeApacheStamp, takeDatabaseStamp, takeNginxStamp, takePhpStamp } from './stamps.ts';

describe('stamps of services', () => {
  it.each([
    ['2026-11-22 10:04:41 0 [Note] x', '2026-11-22T10:04:41.000Z', 'local'],
    ['2017-11-25  8:40:55 140263595730688 [Note] x', '2017-11-25T08:40:55.000Z', 'local'],
    ['171125  8:41:04 [Note] x', '2017-11-25T08:41:04.000Z', 'local'],
    ['2019-03-24T13:44:25.484123Z 0 [System] x', '2019-03-24T13:44:25.484Z', 'absolute'],
    ['2017-11-25T08:41:04.123456+01:00 0 [Note] x', '2017-11-25T07:41:04.123Z', 'absolute'],
  ])('of the database: %s', (line, iso, clock) => {
    expect(takeDatabaseStamp(line).stamp).toEqual({ ms: Date.parse(iso), clock });
  });

  it('of Apache, both versions', () => {
    expect(takeApacheStamp('[Sun Nov 22 10:07:30.617843 2026] [cgid:error] x')).toEqual({
      stamp: { ms: Date.parse('2026-11-22T10:07:30.617Z'), clock: 'local' },
      rest: '[cgid:error] x',
    });
    expect(takeApacheStamp('[Sat Nov 25 08:41:04 2017] [error] x').stamp?.ms).toBe(Date.parse('2017-11-25T08:41:04Z'));
  });

  it('of nginx', () => {
    expect(takeNginxStamp('2026/11/22 12:07:08 [notice] x').stamp?.ms).toBe(Date.parse('2026-11-22T12:07:08Z'));
  });

  it("of PHP: absolute in the named zone, summer and winter, the host's clock without one", () => {
    const stamp = (zone: string) => takePhpStamp(`[${zone}] PHP Warning:  x`).stamp;
    expect(stamp('22-Nov-2026 10:07:22 UTC')).toEqual({ ms: Date.parse('2026-11-22T10:07:22Z'), clock: 'absolute' });
    expect(stamp('22-Nov-2026 10:07:22 Europe/Berlin')).toEqual({
      ms: Date.parse('2026-11-22T09:07:22Z'),
      clock: 'absolute',
    });
    expect(stamp('22-Jul-2026 10:07:22 Europe/Berlin')).toEqual({
      ms: Date.parse('2026-07-22T08:07:22Z'),
      clock: 'absolute',
    });
    expect(stamp('22-Nov-2026 10:07:22 America/New_York')?.ms).toBe(Date.parse('2026-11-22T15:07:22Z'));
    expect(stamp('22-Nov-2026 10:07:22')).toEqual({ ms: Date.parse('2026-11-22T10:07:22Z'), clock: 'local' });
    expect(stamp('22-Nov-2026 10:07:22 No/Such')?.clock).toBe('local');
  });

  it('reads any moment in a zone as the moment at which its clock showed it', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), fc.constantFrom(...zones), (seconds, zone) => {
        const parts = new Intl.DateTimeFormat('en-GB', {
          timeZone: zone,
          day: '2-digit',
          month: '2-digit',
          year: 'numeric',
          hour: '2-digit',
          minute: '2-digit',
          second: '2-digit',
          hourCycle: 'h23',
        }).formatToParts(seconds * 1000);
        const at = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
        const month = 'JanFebMarAprMayJunJulAugSepOctNovDec'.slice(
          Number(at('month')) * 3 - 3,
          Number(at('month')) * 3,
        );
        const line = `[${at('day')}-${month}-${at('year')} ${at('hour')}:${at('minute')}:${at('second')} ${zone}] x`;
        // An hour that comes twice may be read as either.
        expect(Math.abs((takePhpStamp(line).stamp?.ms ?? 0) - seconds * 1000)).toBeLessThanOrEqual(3_600_000);
      }),
    );
  });

  it('never throws, and refuses days that no calendar has', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const take of [takeDatabaseStamp, takeApacheStamp, takeNginxStamp, takePhpStamp]) take(text);
      }),
    );
    expect(takeDatabaseStamp('2026-13-22 10:04:41 0 [Note] x').stamp).toBeUndefined();
    expect(takeDatabaseStamp('999999 99:99:99 x').stamp).toBeUndefined();
  });
});

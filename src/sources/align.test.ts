// Several clocks on one time line, through the front door: files in, dossier out.
import { describe, expect, it } from 'vitest';
import { combined, dossierOf, iso, NOW, scratch } from './scratch.fixture.ts';

const { folder, write } = scratch();
let number = 0;

/** A folder with these files. */
function record(files: Readonly<Record<string, string>>): string {
  const name = `record-${number++}`;
  for (const [file, text] of Object.entries(files)) write(`${name}/${file}`, text);
  return `${folder}/${name}`;
}

const ACCESS = `${combined('22/Nov/2026:10:07:20 +0100')}\n${combined('22/Nov/2026:10:07:50 +0100')}\n`;
const syslog = (stamp: string): string =>
  `${stamp} web1 systemd[1]: mariadb.service: Main process exited, code=killed, status=9/KILL\n`;
const started = (stamp: string): string =>
  `${stamp} 0 [Note] Starting MariaDB 10.11.6-MariaDB source revision  as process 9876\n`;
const journal = (stamp: string, what = 'Starting mariadb.service - MariaDB database server...'): string =>
  `${stamp} web1 systemd[1]: ${what}\n`;

const timesOf = (events: readonly { kind: string; at: number }[]): [string, string | undefined][] =>
  events.map(({ kind, at }) => [kind, iso(at)]);

describe('wall clocks', () => {
  it('without a zone have that of the access log, and it is said', async () => {
    const { events, zone, assumptions } = await dossierOf([
      record({ 'access.log': ACCESS, syslog: syslog('Nov 22 10:07:30') }),
    ]);
    expect(timesOf(events)).toEqual([['unit', '2026-11-22T09:07:30.000Z']]);
    expect(zone).toEqual({ name: '+01:00', assumed: true });
    expect(assumptions[0]).toBe('Times without a zone are read as +01:00, the zone of the access log.');
  });

  it('have that of the manifest before it, wherever it stands, and the one that was given before both', async () => {
    const manifest = '{"format":"seawall-recording/1","timezone":"America/New_York"}';
    const path = record({ 'access.log': ACCESS, 'z/manifest.json': manifest, syslog: syslog('Nov 22 10:07:30') });
    expect(timesOf((await dossierOf([path])).events)).toEqual([['unit', '2026-11-22T15:07:30.000Z']]);
    const given = await dossierOf([path], { timezone: 'Asia/Kolkata' });
    expect(timesOf(given.events)).toEqual([['unit', '2026-11-22T04:37:30.000Z']]);
    expect(given.zone).toEqual({ name: 'Asia/Kolkata', assumed: false });
  });

  it('are read as UTC when nothing says otherwise, and it is said', async () => {
    const { events, assumptions } = await dossierOf([record({ syslog: syslog('Nov 22 10:07:30') })]);
    expect(timesOf(events)).toEqual([['unit', '2026-11-22T10:07:30.000Z']]);
    expect(assumptions.join('\n')).toContain('--timezone');
  });

  it('follow the summer time', async () => {
    const text = syslog('Mar 29 01:59:59') + syslog('Mar 29 03:00:01');
    const { events } = await dossierOf([record({ syslog: text })], { timezone: 'Europe/Berlin' });
    expect(timesOf(events)).toEqual([
      ['unit', '2026-03-29T00:59:59.000Z'],
      ['unit', '2026-03-29T01:00:01.000Z'],
    ]);
  });
});

describe('years', () => {
  it('turn at New Year', async () => {
    const text = syslog('Dec 31 23:59:58') + syslog('Jan  1 00:00:03');
    const { events, assumptions } = await dossierOf([record({ syslog: text })], { now: Date.UTC(2027, 0, 2) });
    expect(timesOf(events).map(([, at]) => at)).toEqual(['2026-12-31T23:59:58.000Z', '2027-01-01T00:00:03.000Z']);
    expect(assumptions.join('\n')).toContain('2026 to 2027 taken');
  });

  it('turn back in a journal that is printed newest first', async () => {
    const text = syslog('Jan  1 00:00:03') + syslog('Dec 31 23:59:58');
    const { events, assumptions } = await dossierOf([record({ syslog: text })], { now: Date.UTC(2027, 0, 2) });
    expect(timesOf(events).map(([, at]) => at)).toEqual(['2026-12-31T23:59:58.000Z', '2027-01-01T00:00:03.000Z']);
    expect(assumptions.join('\n')).toContain('2026 to 2027 taken');
  });

  it('are those of the recording, however late it is read', async () => {
    const manifest = '{"format":"seawall-recording/1","from":"2019-11-22T09:00:00Z","to":"2019-11-22T10:00:00Z"}';
    const { events } = await dossierOf([record({ 'manifest.json': manifest, syslog: syslog('Nov 22 09:07:30') })]);
    expect(timesOf(events)).toEqual([['unit', '2019-11-22T09:07:30.000Z']]);
  });

  it('are the one that was given', async () => {
    const { events } = await dossierOf([record({ syslog: syslog('Dec 31 10:00:00') + syslog('Jan  1 10:00:00') })], {
      year: 2022,
    });
    expect(timesOf(events).map(([, at]) => at)).toEqual(['2021-12-31T10:00:00.000Z', '2022-01-01T10:00:00.000Z']);
  });

  it('know the 29 February', async () => {
    const { events } = await dossierOf([record({ syslog: syslog('Feb 29 10:00:00') })]);
    expect(timesOf(events)).toEqual([['unit', '2024-02-29T10:00:00.000Z']]);
  });

  it('of a clock that was not set when the host booted do not stretch the record', async () => {
    const text = journal('1970-01-01T00:00:05+0000', 'Starting cron.service...') + journal('2026-11-22T10:07:30+0100');
    const { span, sources, events } = await dossierOf([record({ 'journal.txt': text })]);
    expect([iso(span?.from), iso(span?.to)]).toEqual(['2026-11-22T09:07:30.000Z', '2026-11-22T09:07:30.000Z']);
    expect(sources[0]?.notes.join()).toContain('1 line has a time in 1970');
    for (const event of events) expect(iso(event.at)).toBe('2026-11-22T09:07:30.000Z');
  });
});

describe('clocks are set by what several sources tell of', () => {
  it('a database log in UTC beside a journal in local time', async () => {
    const { events, assumptions } = await dossierOf([
      record({
        'access.log': ACCESS,
        'error.log': started('2026-11-22  9:07:31'),
        'journal.txt': journal('2026-11-22T10:07:30+0100'),
      }),
    ]);
    expect(timesOf(events)).toEqual([
      ['unit', '2026-11-22T09:07:30.000Z'],
      ['database', '2026-11-22T09:07:31.000Z'],
    ]);
    expect(assumptions.join('\n')).toContain('its clock is moved by +1 h: 1 event then coincide');
  });

  it('the seconds since boot', async () => {
    const kill = 'Out of memory: Killed process 812 (mariadbd) total-vm:1791236kB, anon-rss:181220kB, file-rss:0kB';
    const { events, sources } = await dossierOf([
      record({
        'dmesg.txt': `[    5.000000] Linux version 6.1.0\n[84321.113355] ${kill}\n`,
        'journal.txt': journal(
          '2026-11-22T10:07:20+0100',
          'mariadb.service: Main process exited, code=killed, status=9/KILL',
        ),
      }),
    ]);
    const oom = events.find(({ kind }) => kind === 'oom-kill');
    expect(iso(oom?.at)).toBe('2026-11-22T09:07:20.000Z');
    expect(sources.find(({ format }) => format === 'dmesg')?.notes.join()).toContain('aligned on 1 event');
  });

  it('or the kernel log ends with the record, and it is said; no zone is asked for', async () => {
    const { events, assumptions } = await dossierOf([
      record({
        'access.log': ACCESS,
        'dmesg.txt': '[    5.000000] Linux version 6.1.0\n[84321.000000] eth0: link up\n',
      }),
    ]);
    expect(timesOf(events)).toEqual([['kernel', iso(Date.UTC(2026, 10, 22, 9, 7, 50) - 84_316_000)]]);
    expect(assumptions.join('\n')).toContain('its last line taken as the end of the record');
    expect(assumptions.join('\n')).not.toContain('Times without a zone');
  });
});

describe('times of day', () => {
  const packet = (time: string): string =>
    `${time}.000000 IP 203.0.113.66.40122 > 192.0.2.2.80: Flags [S], seq 1, win 29200, options [mss 1460], length 0\n`;

  it('are of the day that the other sources are of', async () => {
    const { packets } = await dossierOf([
      record({ 'access.log': ACCESS, 'dump.txt': packet('10:07:21') + packet('10:07:22') }),
    ]);
    expect([iso(packets?.first), iso(packets?.last)]).toEqual(['2026-11-22T09:07:21.000Z', '2026-11-22T09:07:22.000Z']);
  });

  it('go on over midnight', async () => {
    const access = `${combined('22/Nov/2026:23:59:50 +0100')}\n${combined('23/Nov/2026:00:01:00 +0100')}\n`;
    const { packets, span } = await dossierOf([
      record({ 'access.log': access, 'dump.txt': packet('23:59:58') + packet('00:00:02') }),
    ]);
    expect([iso(packets?.first), iso(packets?.last)]).toEqual(['2026-11-22T22:59:58.000Z', '2026-11-22T23:00:02.000Z']);
    expect(iso(span?.from)).toBe('2026-11-22T22:59:50.000Z');
  });
});

describe('outputs without a time', () => {
  it('are taken as of the end of the record, and it is said', async () => {
    const { samples, assumptions } = await dossierOf([
      record({
        'access.log': ACCESS,
        'uptime.txt': ' 10:07:31 up 12 days,  3:04,  2 users,  load average: 135.02, 98.11, 51.20',
      }),
    ]);
    expect(samples).toHaveLength(1);
    expect(samples[0]?.load).toEqual([135.02, 98.11, 51.2]);
    expect(Math.abs((samples[0]?.at ?? 0) - Date.UTC(2026, 10, 22, 9, 7, 31))).toBeLessThan(60_000);
    expect(assumptions.length).toBeGreaterThan(0);
  });

  it('alone are taken as of now', async () => {
    const { samples } = await dossierOf([
      record({
        'free.txt': '       total  used  free  shared  buff/cache  available\nMem:  984  841  51  2  92  31\n',
      }),
    ]);
    expect(samples[0]?.at).toBe(NOW);
  });
});

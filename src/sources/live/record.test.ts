import { describe, expect, it } from 'vitest';
import { readManifest, writeManifest } from '../../formats/recording/manifest.ts';
import { fakeHost } from '../../model/fake-host.fixture.ts';
import { readDossier } from '../dossier.ts';
import { recordHost } from './record.ts';

const NOW = Date.UTC(2026, 10, 22, 9, 0, 0);

function phpCgi(pid: number, startedS: number): Record<string, string> {
  return {
    [`/proc/${pid}/stat`]: `${pid} (php-cgi) S 9 1 1 0 -1 0 0 0 0 0 10 5 0 0 20 0 1 0 ${startedS * 100} 1000 14000 0`,
    [`/proc/${pid}/cmdline`]: '/usr/bin/php-cgi\0',
    [`/proc/${pid}/smaps_rollup`]: 'Rss: 56000 kB\nPss: 36000 kB\n',
    [`/proc/${pid}/status`]: 'Uid:\t33\t33\t33\t33\nVmSwap:\t       0 kB\n',
    [`/proc/${pid}/environ`]: [
      'GATEWAY_INTERFACE=CGI/1.1',
      'REMOTE_ADDR=203.0.113.66',
      'REQUEST_METHOD=POST',
      'REQUEST_URI=/xmlrpc.php',
    ].join('\0'),
  };
}

const HOST = {
  '/proc/uptime': '1000.00 900.00\n',
  '/proc/loadavg': '12.00 5.00 1.00 3/200 4242\n',
  '/proc/meminfo': 'MemTotal: 524288 kB\nMemAvailable: 20000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
  '/proc/pressure/memory':
    'some avg10=31.00 avg60=1.00 avg300=0.00 total=1\nfull avg10=20.00 avg60=1 avg300=0 total=1\n',
  '/proc/self/status': 'Cpus_allowed_list:\t0\n',
  '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n',
  ...phpCgi(41, 989),
  ...phpCgi(42, 990),
};

describe('a live host', () => {
  it('becomes a dossier as a recording does: samples, what is in flight, what commands printed', async () => {
    const host = fakeHost({
      files: HOST,
      now: NOW,
      program: ([name, ...args]) => {
        if (name === 'journalctl')
          return `${JSON.stringify({
            __REALTIME_TIMESTAMP: `${(NOW - 60_000) * 1000}`,
            _TRANSPORT: 'kernel',
            SYSLOG_IDENTIFIER: 'kernel',
            MESSAGE: 'Out of memory: Killed process 7 (mariadbd) total-vm:1kB, anon-rss:80000kB, file-rss:0kB',
          })}\n`;
        if (name === 'df')
          return args[0] === '-kPl'
            ? 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000 900 100 90% /\n'
            : undefined;
        return undefined;
      },
    });
    const recording = await recordHost(host, { watchMs: 3000, since: NOW - 3_600_000 });
    const dossier = await readDossier({ paths: [], recording, now: host.clock, since: NOW - 3_600_000 });
    const samples = dossier.samples.filter((sample) => sample.inFlight);
    expect(samples).toHaveLength(4);
    expect(samples[1]).toMatchObject({
      at: NOW + 1000,
      load: [12, 5, 1],
      memory: { totalKb: 524_288, availableKb: 20_000 },
      pressure: { memorySome: 31, memoryFull: 20 },
      programs: [{ name: 'php-cgi', count: 2, pssKb: 72_000, users: ['www-data'], oldestS: 11 }],
      inFlight: [
        { seenBy: 'cgi', client: '203.0.113.66', method: 'POST', target: '/xmlrpc.php', forS: 11, pid: 41 },
        { seenBy: 'cgi', forS: 10, pid: 42 },
      ],
    });
    expect(dossier.host).toMatchObject({ cpus: 1, memTotalKb: 524_288, swapTotalKb: 0 });
    expect(dossier.events).toMatchObject([{ kind: 'oom-kill', name: 'mariadbd', at: NOW - 60_000 }]);
    expect(dossier.samples.some((sample) => sample.disks?.[0]?.mount === '/')).toBe(true);
  });

  it('starts no program over and over, however long it is watched', async () => {
    const host = fakeHost({ files: HOST, now: NOW });
    await recordHost(host, { watchMs: 60_000, since: NOW - 3_600_000 });
    expect(host.ran.length).toBeLessThan(12);
  });

  it('that shows little says what it does not show, and what would', async () => {
    const recording = await recordHost(fakeHost({ now: NOW }), { watchMs: 1000, since: NOW });
    expect(recording.manifest.unseen).toEqual(
      expect.arrayContaining([
        { what: expect.stringContaining("kernel's log"), command: 'sudo dmesg --time-format iso' },
        { what: expect.stringContaining('How full the disks are'), command: 'df -h; df -i' },
      ]),
    );
    const dossier = await readDossier({ paths: [], recording, now: NOW });
    expect(dossier.unseen).toEqual(recording.manifest.unseen);
  });

  it('is named in a manifest that is read again as it was', async () => {
    const { manifest } = await recordHost(fakeHost({ files: HOST, now: NOW }), { watchMs: 1000, since: NOW });
    expect(readManifest(writeManifest(manifest))).toEqual({ manifest });
  });
});

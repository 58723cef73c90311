import { describe, expect, it } from 'vitest';
import type { Sample } from '../model/sample.ts';
import { dossierOf, sample } from '../symptoms/dossier.fixture.ts';
import { healthOf, pluginLine } from './health.ts';

const WELL: Partial<Sample> = {
  memory: { totalKb: 1_000_000, availableKb: 600_000 },
  pressure: { memorySome: 0 },
  load: [0.5, 0.4, 0.3],
  probe: { url: 'http://www.example.org/', status: 200, ms: 120, body: 'Example Bakery' },
  database: { alive: true, threadsConnected: 3, maxConnections: 151 },
  disks: [{ mount: '/', sizeKb: 1000, availableKb: 500 }],
  inFlight: [],
};

const told = (more: Partial<Sample>) =>
  healthOf(dossierOf({ samples: [sample(0, { ...WELL, ...more })], host: { cpus: 1 } }));

describe('the health of a host', () => {
  it('is one line with figures when all is well', () => {
    expect(pluginLine(told({}))).toBe(
      "SEAWALL OK: 1 site answers in 0.12 seconds, 3 of 151 database connections, 60 % of 977 MB memory free, 0 in flight | 'time'=0.12s;3;8;0 'database_connections'=3;120;151;0 'memory_free'=60%;10:;4:;0;100 'memory_pressure'=0%;10;40;0;100 'load'=0.5;4;10;0 'in_flight'=0;10;25;0 'disk_free_/'=50%;5:;1:;0;100",
    );
  });

  it.each([
    [
      'a site that answers 502',
      { probe: { url: 'http://a/', status: 502, ms: 5 } },
      'critical',
      'http://a/ answers 502',
    ],
    [
      'a site that does not answer',
      { probe: { url: 'http://a/', ms: 5000, body: 'no answer in 5 s' } },
      'critical',
      'does not answer (no answer in 5 s)',
    ],
    [
      'the database error page',
      { probe: { url: 'http://a/', status: 200, ms: 5, body: 'Error establishing a database connection' } },
      'critical',
      'database error page',
    ],
    ['a slow site', { probe: { url: 'http://a/', status: 200, ms: 4000 } }, 'warning', 'takes 4 seconds'],
    ['a database that is gone', { database: { alive: false } }, 'critical', 'the database does not answer'],
    ['little memory', { memory: { totalKb: 1000, availableKb: 80 } }, 'warning', '8 % of'],
    ['no memory', { memory: { totalKb: 1000, availableKb: 10 } }, 'critical', '1 % of'],
    ['memory pressure', { pressure: { memorySome: 55 } }, 'critical', 'work waits for memory 55 %'],
    ['a full disk', { disks: [{ mount: '/var', sizeKb: 1000, availableKb: 3 }] }, 'critical', '/var has under 1 %'],
    [
      'a full /boot, which harms nobody',
      { disks: [{ mount: '/boot', sizeKb: 1000, availableKb: 3 }] },
      'ok',
      '1 site answers',
    ],
    ['a high load', { load: [50, 20, 5] as const }, 'warning', 'load 50 on 1 processor'],
  ])('tells %s', (_what, more, level, text) => {
    const health = told(more as Partial<Sample>);
    expect(health.level).toBe(level);
    expect(health.texts[0]).toContain(text);
  });

  it('tells who holds the workers', () => {
    const inFlight = Array.from({ length: 12 }, (_, i) => ({
      seenBy: 'cgi' as const,
      client: '203.0.113.66',
      method: 'POST',
      target: '/xmlrpc.php',
      forS: i,
      pid: 100 + i,
    }));
    const health = told({ inFlight });
    expect(health).toMatchObject({
      level: 'warning',
      texts: ['203.0.113.66 holds 12 of 12 workers with POST /xmlrpc.php'],
    });
  });

  it('is not known where nothing can be seen', () => {
    expect(healthOf(dossierOf({ samples: [] })).level).toBe('unknown');
  });

  it('keeps to one line, whatever a site answers', () => {
    expect(pluginLine(told({ probe: { url: 'http://a/', ms: 1, body: 'x | y' } })).split('|')).toHaveLength(2);
  });
});

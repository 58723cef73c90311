import { appendFileSync, mkdirSync, renameSync, rmdirSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type FollowedTraffic, type FollowOptions, followTraffic } from './follow-traffic.ts';
import { combined, scratch } from './scratch.fixture.ts';

const { folder, write } = scratch();
const line = (address: string, status = 200) =>
  `${combined('22/Nov/2026:10:07:20 +0000', address, 'GET /a HTTP/1.1', status)}\n`;
const OLD = line('198.51.100.1').repeat(60);

let running: FollowedTraffic | undefined;
afterEach(() => running?.stop());

function follow(paths: readonly string[], options: Partial<FollowOptions> = {}): FollowedTraffic {
  running = followTraffic({ paths, filter: {}, pollMs: 20, ...options });
  return running;
}

/** Requests by address, once there are so many. */
async function counted(followed: FollowedTraffic, total: number): Promise<Record<string, number>> {
  for (let tries = 0; tries < 300; tries++) {
    const { profile } = followed.view();
    if (profile.total.requests >= total)
      return Object.fromEntries([...profile.addresses.entries].map(([address, { requests }]) => [address, requests]));
    await settle(20);
  }
  throw new Error(
    `only ${followed.view().profile.total.requests} of ${total} came: ${JSON.stringify(followed.view().logs)}`,
  );
}

const settle = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a log that is followed', () => {
  it('is read from its end on, in pieces of any size', async () => {
    const path = write('end.log', OLD);
    const followed = follow([path]);
    const text = line('203.0.113.1') + line('203.0.113.2', 503);
    appendFileSync(path, text.slice(0, 50));
    await settle(60);
    appendFileSync(path, text.slice(50));
    expect(await counted(followed, 2)).toEqual({ '203.0.113.1': 1, '203.0.113.2': 1 });
    const { profile, seconds, logs, agents } = followed.view();
    expect(profile.total.failed).toBe(1);
    expect(seconds.length).toBeLessThanOrEqual(300);
    expect([...agents.entries.keys()]).toEqual(['Mozilla/5.0']);
    expect(logs).toEqual([{ path, title: expect.stringContaining('combined'), unreadable: 0 }]);
  });

  it('goes on through rotation: renamed and made anew', async () => {
    const path = write('rotated.log', OLD);
    const followed = follow([path]);
    appendFileSync(path, line('203.0.113.1'));
    await counted(followed, 1);
    appendFileSync(path, line('203.0.113.2'));
    renameSync(path, `${path}.1`);
    await settle(60);
    writeFileSync(path, line('203.0.113.3'));
    await counted(followed, 3);
    appendFileSync(path, line('203.0.113.4'));
    expect(await counted(followed, 4)).toEqual({
      '203.0.113.1': 1,
      '203.0.113.2': 1,
      '203.0.113.3': 1,
      '203.0.113.4': 1,
    });
  });

  it('goes on through truncation, a half line before it forgotten', async () => {
    const path = write('truncated.log', OLD);
    const followed = follow([path]);
    appendFileSync(path, `${line('203.0.113.1')}203.0.113.9 - - [22/Nov`);
    await counted(followed, 1);
    truncateSync(path, 0);
    await settle(80);
    appendFileSync(path, line('203.0.113.2'));
    expect(await counted(followed, 2)).toEqual({ '203.0.113.1': 1, '203.0.113.2': 1 });
    expect(followed.view().logs[0]?.unreadable).toBe(0);
  });

  it('may be yet to come, and goes away and comes back', async () => {
    const path = join(folder, 'later.log');
    const followed = follow([path]);
    await settle(60);
    expect(followed.view().logs[0]?.trouble).toContain('no such file: waiting for it');
    writeFileSync(path, line('203.0.113.1').repeat(3));
    expect(await counted(followed, 3)).toEqual({ '203.0.113.1': 3 });
    await settle(60);
    expect(followed.view().logs[0]).not.toHaveProperty('trouble');
    unlinkSync(path);
    await settle(60);
    expect(followed.view().logs[0]?.trouble).toContain('no such file');
    writeFileSync(path, line('203.0.113.2'));
    expect(await counted(followed, 4)).toMatchObject({ '203.0.113.2': 1 });
  });

  it('counts what the filter asks for', async () => {
    const path = write('filtered.log', OLD);
    const followed = follow([path], { filter: { statuses: [{ from: 500, to: 599 }] } });
    appendFileSync(path, line('203.0.113.1') + line('203.0.113.2', 502));
    expect(await counted(followed, 1)).toEqual({ '203.0.113.2': 1 });
  });

  it('is looked for anew when its format was changed', async () => {
    const path = write('changed.log', OLD);
    const followed = follow([path]);
    const json = (i: number) =>
      `${JSON.stringify({ time: '2026-11-22T10:07:20+00:00', remote_addr: `203.0.113.${i}`, request: 'GET / HTTP/1.1', status: 200, body_bytes_sent: 5 })}\n`;
    for (let i = 0; i < 80; i++) appendFileSync(path, json(i));
    await counted(followed, 20);
    expect(followed.view().logs[0]?.unreadable).toBeGreaterThanOrEqual(50);
  });

  it('does not grow with what comes in', async () => {
    const path = write('many.log', OLD);
    let now = 1_800_000_000_000;
    const followed = follow([path], { now: () => now });
    for (let i = 0; i < 20; i++) {
      appendFileSync(path, Array.from({ length: 500 }, (_, n) => line(`203.0.${i}.${n % 250}`)).join(''));
      await settle(25);
      now += 60_000;
    }
    const { profile, seconds } = followed.view();
    expect(profile.addresses.entries.size).toBeLessThanOrEqual(1024);
    expect(profile.total.requests).toBeLessThanOrEqual(1500);
    expect(seconds).toHaveLength(300);
  });
});

describe('what is followed', () => {
  it('in a folder are the access logs', async () => {
    mkdirSync(join(folder, 'logs'));
    const path = write('logs/access.log', OLD);
    write('logs/error.log', '[Sun Nov 22 10:07:20 2026] [core:error] [pid 1] nothing\n'.repeat(5));
    write('logs/access.log.2.gz', gzipSync(OLD));
    expect(
      follow([join(folder, 'logs')])
        .view()
        .logs.map((log) => log.path),
    ).toEqual([path]);
  });

  it('is said when it can not be', () => {
    const packed = write('packed.log.gz', gzipSync(OLD));
    expect(() => follow([packed])).toThrow(`--follow ${packed}: no text`);
    expect(() => follow([join(folder, 'nowhere/access.log')])).toThrow('no such file, and no folder for it to come');
    mkdirSync(join(folder, 'empty'));
    expect(() => follow([join(folder, 'empty')])).toThrow('--follow: no access log in');
  });

  it('is tried again while something unreadable stands in its place', async () => {
    const path = write('secret.log', OLD);
    const followed = follow([path]);
    await settle(50);
    unlinkSync(path);
    mkdirSync(path);
    for (let tries = 0; tries < 100 && followed.view().logs[0]?.trouble === undefined; tries++) await settle(20);
    expect(followed.view().logs[0]?.trouble).toMatch(/cannot be read|no such file/);
    rmdirSync(path);
    writeFileSync(path, line('203.0.113.1'));
    expect(await counted(followed, 1)).toEqual({ '203.0.113.1': 1 });
  });
});

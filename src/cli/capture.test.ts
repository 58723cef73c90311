import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ethernet, ipv4, pcapFile, u16, u32 } from '../formats/packets/frames.fixture.ts';
import { httpRequest, multicall, pingback } from '../formats/requests/bodies.fixture.ts';
import { OptionError } from '../sources/given.ts';
import { captureCommand } from './capture.ts';
import { captureCommandOf } from './capture-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-capture-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let told = '';
beforeEach(() => {
  told = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    told += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

/** A capture of requests, each on a connection of its own, in packets of at most 1,400 bytes. */
function captureOf(requests: readonly Uint8Array[]): string {
  const frames = requests.flatMap((request, i) => {
    const segment = (sequence: number, flags: number, payload: Uint8Array): Uint8Array => {
      const header = [
        ...u16(40_000 + i),
        ...u16(80),
        ...u32(sequence, false),
        0,
        0,
        0,
        0,
        0x50,
        flags,
        255,
        255,
        0,
        0,
        0,
        0,
      ];
      return ethernet(
        0x0800,
        ipv4([203, 0, 113, 66], [192, 0, 2, 1], 6, Buffer.concat([Uint8Array.from(header), payload])),
      );
    };
    const parts = [segment(99, 2, new Uint8Array(0))];
    for (let at = 0; at < request.length; at += 1400)
      parts.push(segment(100 + at, 0x18, request.subarray(at, at + 1400)));
    return parts.map((bytes) => ({ seconds: 1_790_000_000 + i, fraction: 0, bytes }));
  });
  const path = join(folder, `${requests.length}.pcap`);
  writeFileSync(path, pcapFile(frames, { little: true, nano: false, linkType: 1 }));
  return path;
}

describe('seawall capture --packets FILE', () => {
  it('tells reflection by its packets', async () => {
    const request = httpRequest('POST /xmlrpc.php', pingback('http://victim.example/', 'http://example.org/'));
    const packets = captureOf(Array.from({ length: 30 }, () => request));
    expect(await captureCommand({ packets, json: true })).toBe(1);
    const report = JSON.parse(told);
    expect(report).toMatchObject({
      kind: 'reflection',
      requests: 30,
      victims: [{ name: 'victim.example', count: 30 }],
    });
    expect(report.span.from).toBe('2026-09-21T14:13:20.000Z');
  });

  it('counts guesses, and keeps no password', async () => {
    const guesses = Array.from({ length: 200 }, (_, i) => ['admin', `hunter2-${i}`] as const);
    const packets = captureOf([httpRequest('POST /xmlrpc.php', multicall(guesses))]);
    expect(await captureCommand({ packets })).toBe(1);
    expect(told).toContain('200 passwords were tried for "admin"');
    expect(told).not.toContain('hunter');
  });

  it('looks only at what was asked for', async () => {
    const requests = ['/wp-login.php', '/xmlrpc.php'].map((path) => httpRequest(`POST ${path}`, 'x'));
    const packets = captureOf(requests);
    await captureCommand({ packets, path: '/xmlrpc.php', json: true });
    expect(JSON.parse(told)).toMatchObject({ requests: 1 });
    told = '';
    expect(await captureCommand({ packets, from: '192.0.2.9', json: true })).toBe(3);
    expect(JSON.parse(told)).toMatchObject({ kind: 'nothing' });
  });

  it('says what is wrong with a file', async () => {
    const path = join(folder, 'text');
    writeFileSync(path, 'no packets');
    await expect(captureCommand({ packets: path })).rejects.toThrow(/no packet capture/);
    await expect(captureCommand({ packets: '/nowhere' })).rejects.toThrow(/\/nowhere/);
  });

  it('would listen without a shell, for a moment', async () => {
    expect(await captureCommand({ packets: 'live', from: '2001:DB8::1', for: '30s', dryRun: true })).toBe(0);
    expect(told.trim()).toBe(
      'timeout -s INT -k 5 30 tcpdump -i any -nn -q -tt -x -s 0 -c 100000 tcp dst port 80 and src host 2001:db8::1',
    );
  });
});

describe('the options of capture', () => {
  it.each([
    [{ site: 'relative' }],
    [{ site: '/var/../etc' }],
    [{ path: '/a?b' }],
    [{ path: "/a'b" }],
    [{ from: '1.2.3' }],
    [{ for: '0s' }],
    [{ for: '2h' }],
    [{ count: '0' }],
    [{ through: 'magic' }],
    [{ packets: 'live', site: '/x' }],
    [{ packets: 'live', port: '70000' }],
  ])('refuse %j', (options) => {
    expect(() => captureCommandOf(options)).toThrow(OptionError);
  });

  it('are a minute and fifty requests', () => {
    expect(captureCommandOf({ site: '/var/www/html/' })).toMatchObject({
      site: '/var/www/html',
      seconds: 60,
      wanted: { count: 50 },
    });
    expect(captureCommandOf({ for: '5m' }).seconds).toBe(300);
  });
});

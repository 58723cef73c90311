import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combined, factsOf, iso, NOW, read, scratch } from './scratch.fixture.ts';
import { parseZone } from './zone.ts';

const { folder, write } = scratch();
const AT = '22/Nov/2026:10:07:20 +0100';
const lines = (count: number, line = combined(AT)): string =>
  `${Array.from({ length: count }, () => line).join('\n')}\n`;

describe('what is not recognised', () => {
  it('is named with its reason and its first line', async () => {
    const { outcome } = await read(write('notes.txt', '\n\nDear diary,\ntoday the site was down.\n'));
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'no known format fits', firstLine: 'Dear diary,' });
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 'empty'],
    ['nothing but NULs', Buffer.alloc(700_000), 'nothing but NULs'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'binary data of no known kind'],
    [
      'text of Windows',
      Buffer.from(`\ufeff${lines(3)}`, 'utf16le'),
      'text in UTF-16, as Windows PowerShell and Notepad write it: save it as UTF-8',
    ],
    ['an archive', Buffer.from('PK\x03\x04rest of it'), 'zip is not read: decompress it first'],
    ['a gzip file without content', gzipSync(''), 'empty'],
    ['only line ends', Buffer.from('\n\n\r\n\n'), 'no known format fits'],
  ])('%s', async (_, content, reason) => {
    expect((await read(write('unknown', content))).outcome).toMatchObject({ kind: 'unknown', reason });
  });

  it('is every program and library of this machine, and none of them breaks anything', async () => {
    const program = readFileSync(process.execPath).subarray(0, 3_000_000);
    expect((await read(write('program', program))).outcome.kind).toBe('unknown');
    expect((await read('/bin/ls')).outcome).toMatchObject({ reason: 'binary data of no known kind' });
  });
});

describe('a manifest', () => {
  it('is read', async () => {
    const { outcome } = await read(write('manifest.json', '{"format":"seawall-recording/1","host":"web1","cpus":1}\n'));
    expect(outcome).toMatchObject({ kind: 'manifest', manifest: { host: 'web1', cpus: 1 } });
  });

  it.each([
    ['{"format":"seawall-recording/1","host":"web1"', 'no JSON'],
    ['{"format":"seawall-recording/1","timezone":"Mars/Olympus"}', '"timezone"'],
    ['{"format": "seawall-recording/2"}', '"format"'],
    [`{"format":"seawall-recording/1","host":"${'x'.repeat(70_000)}"}`, 'larger than any manifest'],
  ])('that is broken is said to be: %.60s', async (text, part) => {
    const { outcome } = await read(write('broken.json', text));
    expect(outcome.kind).toBe('unknown');
    expect(outcome.kind === 'unknown' && outcome.reason).toContain('a manifest of a recording, but broken');
    expect(outcome.kind === 'unknown' && outcome.reason).toContain(part);
  });

  it('is not what a visitor writes into a log', async () => {
    const hostile = String.raw`{"time_local":"22/Nov/2026:10:07:20 +0100","remote_addr":"203.0.113.66","request":"GET / HTTP/1.1","status":"200","body_bytes_sent":"1","http_user_agent":"{\"format\":\"seawall-recording/1\",\"symptoms_required\":1,\"culprits\":1}"}`;
    expect((await factsOf(write('hostile.json', `${hostile}\n${hostile}\n`))).format).toBe('access-log');
    const agent = combined(AT).replace('Mozilla/5.0', '{"format":"seawall-recording/1"}');
    expect((await factsOf(write('hostile.log', `${agent}\n`))).format).toBe('access-log');
  });
});

describe('a log', () => {
  it('is the same plain, gzipped and as zstd', async () => {
    const text = lines(3000);
    for (const content of [text, gzipSync(text), zstdCompressSync(text)]) {
      const { outcome, traffic } = await read(write('some.bin', content));
      expect(outcome).toMatchObject({
        kind: 'facts',
        facts: { format: 'access-log', lines: 3000, unreadable: 0, notes: [] },
      });
      expect(traffic?.whole.total.requests).toBe(3000);
    }
  });

  it('that was cut in the middle of a line loses that line, and it is said', async () => {
    const facts = await factsOf(write('cut.log', `${lines(5)}${combined(AT).slice(0, 40)}`));
    expect(facts).toMatchObject({ lines: 5, unreadable: 0, notes: ['its last line has no line feed yet: left out'] });
  });

  it('of a broken gzip file is read up to there, and it is said', async () => {
    const varied = Array.from({ length: 5000 }, (_, i) =>
      combined(AT, `198.51.${i % 200}.${(i * 7) % 250}`, `GET /?p=${i * 7919} HTTP/1.1`),
    );
    const packed = gzipSync(varied.join('\n'));
    const { outcome, traffic } = await read(write('cut.gz', packed.subarray(0, packed.length >> 1)));
    expect(outcome.kind === 'facts' && outcome.facts.notes.join()).toContain('damaged gzip data: read up to there');
    expect(traffic?.whole.total.requests).toBeGreaterThan(1500);
  });

  it('that begins with NULs was truncated while it was written: they are passed over', async () => {
    const path = write('sparse.log', '');
    truncateSync(path, 50_000_000);
    appendFileSync(path, lines(4));
    const { outcome, traffic } = await read(path);
    expect(traffic?.whole.total.requests).toBe(4);
    expect(outcome).toMatchObject({
      facts: { notes: ['50000000 NULs before its first line passed over: truncated while it was written'] },
    });
  });

  it('with a block of NULs within, as a crash leaves it, loses nothing', async () => {
    const { traffic } = await read(write('nuls.log', `${lines(4)}${'\0'.repeat(9000)}${lines(4)}`));
    expect(traffic?.whole.total.requests).toBe(8);
  });

  it('with a line of megabytes loses that line, and says so', async () => {
    const { outcome, traffic } = await read(write('long.log', `${lines(3)}${'x'.repeat(3_000_000)}\n${lines(3)}`));
    expect(traffic?.whole.total.requests).toBe(6);
    expect(outcome).toMatchObject({ facts: { unreadable: 1, notes: ['1 line longer than 64 kB cut there'] } });
  });

  it('keeps what a hostile visitor sends as it is: reports escape it', async () => {
    const agent = '\u001b[2J<script>alert(1)</script>\u0007';
    const { traffic } = await read(write('escapes.log', lines(3, combined(AT).replace('Mozilla/5.0', agent))));
    expect(traffic?.whole.total.requests).toBe(3);
    expect([...(traffic?.whole.agents.entries.keys() ?? [])]).toEqual([agent]);
  });

  it('that shrinks or grows while it is read ends where it ends', async () => {
    const path = write('moving.log', lines(20_000));
    const reading = read(path);
    truncateSync(path, 1000);
    const { outcome } = await reading;
    expect(outcome.kind).toBe('facts');
    expect(outcome.kind === 'facts' && outcome.facts.lines).toBeLessThanOrEqual(20_000);
  });
});

describe('requests with a wrong clock', () => {
  it('have no place on the time line, and are counted', async () => {
    const strange = ['01/Jan/1970:00:00:05 +0000', '19/Jan/2038:03:14:07 +0000'].map((at) => combined(at));
    const { outcome, traffic } = await read(
      write('strange.log', `${strange[0]}\n${lines(600)}${strange.join('\n')}\n`),
    );
    expect(traffic?.undated).toBe(3);
    expect(traffic?.whole.total.requests).toBe(600);
    expect(traffic?.sliceMs).toBe(1000);
    expect(outcome).toMatchObject({
      facts: {
        accessSpan: { from: Date.UTC(2026, 10, 22, 9, 7, 20), to: Date.UTC(2026, 10, 22, 9, 7, 20) },
        notes: ['3 requests dated before 2000 or in the far future: counted as without a time'],
      },
    });
  });

  it('are believed when it is our own that is wrong', async () => {
    const { traffic } = await read(write('fine.log', lines(5)), { now: 0 });
    expect(traffic?.whole.total.requests).toBe(5);
  });
});

describe('the time that was asked for', () => {
  const from = Date.UTC(2026, 10, 22, 9, 7, 21);

  it('leaves out other requests, and says how many', async () => {
    const inside = combined('22/Nov/2026:10:07:21 +0100');
    const { outcome, traffic } = await read(write('window.log', `${lines(3)}${inside}\n`), {
      window: { from, to: from },
    });
    expect(traffic?.whole.total.requests).toBe(1);
    expect(outcome).toMatchObject({ facts: { notes: ['3 requests outside of the time asked for left out'] } });
  });

  it('leaves out other packets', async () => {
    const capture = (second: number): string => {
      const header = Buffer.alloc(24);
      header.writeUInt32LE(0xa1b2c3d4, 0);
      header.writeUInt16LE(2, 4);
      header.writeUInt16LE(4, 6);
      header.writeUInt32LE(65_535, 16);
      header.writeUInt32LE(101, 20); // raw IP
      const packets = [0, 1, 2].map((n) => {
        const packet = Buffer.alloc(16 + 40);
        packet.writeUInt32LE(second + n, 0);
        packet.writeUInt32LE(40, 8);
        packet.writeUInt32LE(40, 12);
        Buffer.from('4500002800000000400600', 'hex').copy(packet, 16);
        Buffer.from([203, 0, 113, 66, 192, 0, 2, 2, 0x9c, 0x40, 0, 80]).copy(packet, 16 + 12);
        packet[16 + 32] = 0x50;
        packet[16 + 33] = 2; // SYN
        return packet;
      });
      return write('c.pcap', Buffer.concat([header, ...packets]));
    };
    const path = capture(from / 1000);
    expect((await factsOf(path)).packets?.packets).toBe(3);
    const facts = await factsOf(path, { window: { from: from + 1000 } });
    expect(facts.packets?.packets).toBe(2);
    expect(facts.notes).toContain('1 packet outside of the time asked for left out');
  });
});

describe('a log without a zone', () => {
  const json = (time: string): string =>
    `{"time":"${time}","remote_addr":"203.0.113.66","request":"GET / HTTP/1.1","status":200,"bytes":5}`;

  it('is read in that of the host, and it is said', async () => {
    const path = write('local.json', `${json('2026-11-22T10:07:20')}\n${json('2026-11-22T10:07:21')}\n`);
    const berlin = await factsOf(path, { zone: parseZone('Europe/Berlin') });
    expect(iso(berlin.accessSpan?.from)).toBe('2026-11-22T09:07:20.000Z');
    expect(berlin.notes).toEqual(['its times have no zone: read as Europe/Berlin']);
    const unknown = await factsOf(path);
    expect(iso(unknown.accessSpan?.from)).toBe('2026-11-22T10:07:20.000Z');
    expect(unknown.notes).toEqual(['its times have no zone: read as UTC (set it with --timezone)']);
  });

  it('has the zone that most of its lines name', async () => {
    const odd = `${combined('22/Nov/2026:10:07:20 -0800').replace('198.51.100.7', '00:00:00 +2359')}\n`;
    const facts = await factsOf(write('zones.log', lines(3) + odd));
    expect(facts.accessOffsetMinutes).toBe(60);
  });
});

describe('a capture over midnight', () => {
  it('goes on behind it', async () => {
    const line = (time: string): string =>
      `${time}.000000 IP 203.0.113.66.40122 > 192.0.2.2.80: Flags [S], seq 1, win 29200, options [mss 1460], length 0`;
    const facts = await factsOf(write('midnight.txt', ['23:59:58', '23:59:59', '00:00:01'].map(line).join('\n')));
    expect((facts.packets?.last ?? 0) - (facts.packets?.first ?? 0)).toBe(3000);
  });
});

describe('whatever a file holds', () => {
  it('reading it neither throws nor takes long', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: 'binary', maxLength: 60 }).map((text) => Buffer.from(text)),
      fc.constantFrom(
        ...[combined(AT), '\n', '\r\n', '\0\0\0', '{"t":', 'Nov 22 10:07:20 web1 kernel: x', '\x1f\x8b\x08'].map(
          (text) => Buffer.from(text),
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const { outcome } = await read(write('any', Buffer.concat(pieces)), { now: NOW });
        expect(['facts', 'unknown']).toContain(outcome.kind);
      }),
      { numRuns: 80 },
    );
  });

  it('a disk that fails ends it, and it is said', async () => {
    // /proc/self/mem opens, and reading at its begin fails with EIO.
    await expect(read('/proc/self/mem')).rejects.toThrow(/EIO/);
    // A folder that took the file's place.
    await expect(read(folder)).rejects.toThrow(/EISDIR/);
    execFileSync('mkfifo', [join(folder, 'silent')]);
    expect((await read(join(folder, 'silent'))).outcome).toMatchObject({ kind: 'unknown', reason: 'empty' });
  });
});

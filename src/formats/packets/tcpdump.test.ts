import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../model/packets.ts';
import type { Stamp } from '../../model/time.ts';
import { tcpdumpText } from './tcpdump.ts';

const CASE = new URL('../../../cases/wordpress-2017/', import.meta.url);

function read(text: string) {
  const packets: { stamp: Stamp | undefined; packet: Packet; line: number }[] = [];
  const unreadable: string[] = [];
  const lines = text.split('\n');
  const reader = tcpdumpText.open(
    {
      event() {},
      access() {},
      sample() {},
      seen() {},
      packet: (stamp, packet, line) => packets.push({ stamp, packet, line }),
      unreadable: (_, line) => unreadable.push(line),
    },
    lines,
  );
  lines.forEach((line, i) => {
    reader.line(line, i + 1);
  });
  reader.end();
  return { packets, unreadable };
}
const one = (text: string) => {
  const { packets, unreadable } = read(text);
  expect(unreadable).toEqual([]);
  expect(packets).toHaveLength(1);
  const [first] = packets;
  if (!first) throw new Error('no packet');
  return first;
};
const SYN = {
  source: '198.51.100.10',
  sourcePort: 49789,
  target: '192.0.2.2',
  targetPort: 80,
  protocol: 'tcp',
  flags: 'S',
  payloadBytes: 0,
};
const TAIL =
  'Flags [S], seq 1218027052, win 64240, options [mss 1460,sackOK,TS val 2429034346 ecr 0,nop,wscale 10], length 0';
const DAY = ((10 * 60 + 4) * 60 + 43) * 1000 + 66.807;

describe('tcpdump as text', () => {
  it.each([
    ['-n', `10:04:43.066807 IP 198.51.100.10.49789 > 192.0.2.2.80: ${TAIL}`, { ms: DAY, clock: 'local' }],
    [
      'names of services',
      `10:04:43.066807 IP 198.51.100.10.49789 > 192.0.2.2.http: ${TAIL}`,
      { ms: DAY, clock: 'local' },
    ],
    [
      '-tttt',
      `2026-11-22 10:04:43.066807 IP 198.51.100.10.49789 > 192.0.2.2.80: ${TAIL}`,
      { ms: Date.UTC(2026, 10, 22) + DAY, clock: 'local' },
    ],
    [
      '-tt',
      `1795341883.066807 IP 198.51.100.10.49789 > 192.0.2.2.80: ${TAIL}`,
      { ms: 1_795_341_883_066.807, clock: 'absolute' },
    ],
    ['-ttt', ` 00:00:00.000019 IP 198.51.100.10.49789 > 192.0.2.2.80: ${TAIL}`, undefined],
    ['-t', `IP 198.51.100.10.49789 > 192.0.2.2.80: ${TAIL}`, undefined],
    [
      '-e',
      `10:04:43.066807 9e:83:5e:a6:5d:f3 > 2a:b8:fd:1c:54:4a, ethertype IPv4 (0x0800), length 74: 198.51.100.10.49789 > 192.0.2.2.80: ${TAIL}`,
      { ms: DAY, clock: 'local' },
    ],
    [
      '-v',
      `10:04:43.066807 IP (tos 0x0, ttl 64, id 64345, offset 0, flags [DF], proto TCP (6), length 60, bad cksum 2abd (->5322)!)
    198.51.100.10.49789 > 192.0.2.2.80: Flags [S], cksum 0x14d4 (incorrect -> 0x0706), seq 1218027052, win 64240, options [mss 1460,sackOK,TS val 2429034346 ecr 0,nop,wscale 10], length 0`,
      { ms: DAY, clock: 'local' },
    ],
    ['-i any', `10:04:43.066807 eth0  In  IP 198.51.100.10.49789 > 192.0.2.2.80: ${TAIL}`, { ms: DAY, clock: 'local' }],
    [
      'releases before 4.0',
      '10:04:43.066807 IP 198.51.100.10.49789 > 192.0.2.2.80: S 1218027052:1218027052(0) win 5840 <mss 1460,sackOK,timestamp 2429034 0,nop,wscale 7>',
      { ms: DAY, clock: 'local' },
    ],
  ])('reads a SYN printed with %s', (_, text, stamp) => {
    const { packet, stamp: read } = one(text);
    expect(packet).toMatchObject(SYN);
    expect(read?.clock).toBe(stamp?.clock);
    if (stamp) expect(read?.ms).toBeCloseTo(stamp.ms, 2);
  });

  it('reads IPv6, also cooked and verbose', () => {
    const v6 = { source: '::1', sourcePort: 36696, target: '::1', targetPort: 18080, flags: 'P.', payloadBytes: 75 };
    const tail =
      '::1.36696 > ::1.18080: Flags [P.], cksum 0x0073 (incorrect -> 0xf169), seq 1:76, ack 1, win 64, options [nop,nop,TS val 3995904974 ecr 1555296146], length 75';
    expect(one(`12:10:21.527695 IP6 ${tail}`).packet).toMatchObject(v6);
    expect(
      one(
        `12:10:21.527695 lo    In  ifindex 1 00:00:00:00:00:00 ethertype IPv6 (0x86dd), length 175: (flowlabel 0xe712e, hlim 64, next-header TCP (6) payload length: 107) ${tail}`,
      ).packet,
    ).toMatchObject(v6);
  });
  it('keeps the request line, from the same line or from -A', () => {
    const data =
      '10:04:43.067199 IP 198.51.100.10.49789 > 192.0.2.2.80: Flags [P.], seq 1:114, ack 1, win 63, options [nop,nop,TS val 2429034346 ecr 1271194775], length 113';
    expect(one(`${data}: HTTP: GET / HTTP/1.1`).packet).toMatchObject({ request: 'GET / HTTP/1.1', payloadBytes: 113 });
    expect(
      one(`${data}\nE....[@.@.*R.3d\n.....}.PH..-.......?.=.....\n...jK...POST /xmlrpc.php HTTP/1.0\nHost: www.vict`)
        .packet.request,
    ).toBe('POST /xmlrpc.php HTTP/1.0');
  });
  it('takes the mark of a cut message for no part of the request line', () => {
    const { packet } =
      one(`10:04:43.067199 IP (tos 0x0, ttl 64, id 64347, offset 0, flags [DF], proto TCP (6), length 165, bad cksum 2a52 (->52b7)!)
    198.51.100.10.49789 > 192.0.2.2.80: Flags [P.], seq 1:114, ack 1, win 63, options [nop,nop,TS val 2429034346 ecr 1271194775], length 113: HTTP, length: 113
\tGET / HTTP/1.1 [|http]`);
    expect(packet.request).toBe('GET / HTTP/1.1');
  });
  it('reads other protocols and names as they are', () => {
    expect(
      one(
        '10:04:43.067199 IP web1.example.com.ssh > 198.51.100.10.49789: Flags [P.], seq 1:114, ack 1, win 63, length 113',
      ).packet,
    ).toMatchObject({ source: 'web1.example.com', sourcePort: 22 });
    expect(one('10:04:43.067199 IP 192.0.2.2.45093 > 192.0.2.53.53: 38962+ A? example.com. (29)').packet).toMatchObject(
      { protocol: 'udp', targetPort: 53 },
    );
    expect(
      one('10:04:43.067199 IP 198.51.100.10 > 192.0.2.2: ICMP echo request, id 1, seq 1, length 64').packet,
    ).toMatchObject({ protocol: 'other', source: '198.51.100.10', sourcePort: 0, payloadBytes: 64 });
  });
  it('is recognised with its prompt and its farewell; other files are not', () => {
    const score = (text: string) => tcpdumpText.recognise(text.split('\n').slice(0, 200));
    const dump = readFileSync(new URL('tcpdump.txt', CASE), 'utf8');
    expect(score(dump)).toBe(1);
    expect(
      score(
        `[root@web1 ~]# tcpdump -n port 80\ntcpdump: verbose output suppressed, use -v[v]... for full protocol decode\nlistening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n${dump}^C\n5 packets captured\n5 packets received by filter\n0 packets dropped by kernel`,
      ),
    ).toBe(1);
    for (const other of ['journal.txt', 'access_log', 'ps-ef.txt']) {
      expect(score(readFileSync(new URL(other, CASE), 'utf8'))).toBe(0);
    }
  });
  it('never throws, and every packet has ends and no negative length', () => {
    const words = fc.constantFrom(
      '10:04:43.067199',
      'IP',
      'IP6',
      '>',
      '192.0.2.2.80',
      '::1.80:',
      '192.0.2.2.80:',
      'Flags',
      '[S.],',
      'length',
      '5',
      ': ',
      'HTTP:',
      'GET / HTTP/1.1',
      'S',
      '1:1(0)',
      'ack',
      '\t',
    );
    const line = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        tcpdumpText.recognise(lines.length > 0 ? lines : ['']);
        for (const { packet } of read(lines.join('\n')).packets) {
          expect(packet.source).not.toBe('');
          expect(packet.payloadBytes).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
  it('takes a line of a megabyte in stride', () => {
    const began = performance.now();
    for (const part of [' > ', 'a.', 'a > b: ', 'GET HTTP/', '0:'])
      read(`10:04:43.067199 IP ${part.repeat(1_000_000 / part.length)}`);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../model/packets.ts';
import type { BinaryFormat } from '../../model/reader.ts';
import {
  block,
  concat,
  enhancedPacket,
  ethernet,
  type Frame,
  ipv4,
  ipv6,
  pcapFile,
  pcapngHead,
  tcpSegment,
  u16,
  u32,
} from './frames.fixture.ts';
import { packetFormats } from './index.ts';
import { pcap } from './pcap.ts';
import { pcapng } from './pcapng.ts';

const SYN = 2;
const PUSH_ACK = 0x18;
const CLIENT = [203, 0, 113, 66];
const SERVER = [192, 0, 2, 2];
const V6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 2];
const POST = 'POST /xmlrpc.php HTTP/1.0\r\nHost: www.victim.example\r\n\r\n';
const syn = ipv4(CLIENT, SERVER, 6, tcpSegment(40112, 80, SYN, ''));
const post = ipv4(CLIENT, SERVER, 6, tcpSegment(40112, 80, PUSH_ACK, POST));
const SYN_READ = {
  source: '203.0.113.66',
  sourcePort: 40112,
  target: '192.0.2.2',
  targetPort: 80,
  protocol: 'tcp',
  flags: 'S',
  payloadBytes: 0,
};

function read(format: BinaryFormat, bytes: Uint8Array, chunkBytes = bytes.length) {
  const packets: Packet[] = [];
  let seen = 0;
  const reader = format.open({
    event() {},
    access() {},
    sample() {},
    unreadable() {},
    seen: () => seen++,
    packet: (_, packet) => packets.push(packet),
  });
  for (let at = 0; at < bytes.length; at += Math.max(1, chunkBytes)) reader.chunk(bytes.subarray(at, at + chunkBytes));
  return { packets, seen, complaint: reader.end() };
}
const at = (bytes: Uint8Array, seconds = 1_795_341_883): Frame => ({ seconds, fraction: 66_807, bytes });
const capture = (bytes: Uint8Array, linkType = 1) => pcapFile([at(bytes)], { little: true, nano: false, linkType });

describe('pcap', () => {
  it.each([
    [true, false],
    [true, true],
    [false, false],
    [false, true],
  ])('reads both byte orders and both resolutions (little %s, nanoseconds %s)', (little, nano) => {
    const file = pcapFile(
      [{ seconds: 1_795_341_883, fraction: nano ? 66_807_000 : 66_807, bytes: ethernet(0x800, syn) }],
      { little, nano, linkType: 1 },
    );
    expect(packetFormats.filter((format) => format.recognise(file))).toEqual([pcap]);
    const { packets, complaint } = read(pcap, file);
    expect(complaint).toBeUndefined();
    expect(packets).toMatchObject([SYN_READ]);
    expect(packets[0]?.at).toBeCloseTo(1_795_341_883_066.807, 2);
  });
  it.each([
    ['Ethernet', 1, ethernet(0x800, syn)],
    ['Ethernet with VLAN tags', 1, ethernet(0x800, syn, [10, 20])],
    ['Linux cooked', 113, concat([0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, ...u16(0x800)], syn)],
    ['Linux cooked v2', 276, concat([...u16(0x800), 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], syn)],
    ['raw IP', 101, syn],
    ['loopback', 0, concat([2, 0, 0, 0], syn)],
  ])('reads %s', (_, linkType, bytes) => {
    expect(read(pcap, capture(bytes, linkType)).packets).toMatchObject([SYN_READ]);
  });
  it('reads IPv6 behind extension headers, and mapped addresses as IPv4', () => {
    const hopByHop = [44, 0, 1, 4, 0, 0, 0, 0];
    const fragment = [6, 0, 0, 0, 0, 0, 0, 1];
    const body = concat(hopByHop, fragment, tcpSegment(40112, 443, PUSH_ACK, 'abc'));
    const { packets } = read(pcap, capture(ethernet(0x86dd, ipv6(V6, MAPPED, 0, body))));
    expect(packets).toMatchObject([
      { source: '2001:db8::1', target: '192.0.2.2', targetPort: 443, protocol: 'tcp', flags: 'P.', payloadBytes: 3 },
    ]);
  });
  it('tells the length that was sent and the request line that was caught, when the snap length cut the frame', () => {
    const whole = ethernet(0x800, post);
    const cut = { ...at(whole.subarray(0, 14 + 20 + 20 + 18)), wireLength: whole.length };
    const { packets } = read(pcap, pcapFile([cut], { little: true, nano: false, linkType: 1 }));
    expect(packets).toMatchObject([{ payloadBytes: POST.length, request: 'POST /xmlrpc.php H' }]);
    expect(read(pcap, capture(whole)).packets[0]?.request).toBe('POST /xmlrpc.php HTTP/1.0');
  });
  it('counts no Ethernet padding as payload', () => {
    expect(read(pcap, capture(ethernet(0x800, concat(syn, [0, 0, 0, 0, 0, 0])))).packets[0]?.payloadBytes).toBe(0);
  });
  it('reads UDP and others, and passes over what is not IP', () => {
    const udp = ipv4(SERVER, CLIENT, 17, Uint8Array.from([...u16(5000), ...u16(53), ...u16(12), 0, 0, 1, 2, 3, 4]));
    const file = pcapFile(
      [
        at(ethernet(0x800, udp)),
        at(ethernet(0x806, syn)),
        at(ethernet(0x800, ipv4(CLIENT, SERVER, 1, Uint8Array.from([8, 0, 0, 0])))),
      ],
      { little: true, nano: false, linkType: 1 },
    );
    const { packets, seen } = read(pcap, file);
    expect(packets).toMatchObject([
      { protocol: 'udp', targetPort: 53, payloadBytes: 4 },
      { protocol: 'other', payloadBytes: 4 },
    ]);
    expect(seen).toBe(1);
  });
  it('says where a damaged or cut file ends, and keeps what came before', () => {
    const good = capture(ethernet(0x800, syn));
    expect(read(pcap, good.subarray(0, good.length - 3))).toMatchObject({
      packets: [],
      complaint: 'the file ends within a record',
    });
    const broken = concat(
      good,
      [1, 2, 3, 4, 0, 0, 0, 0],
      u32(0xfffffff0, true),
      u32(0xfffffff0, true),
      new Uint8Array(100),
    );
    const { packets, complaint } = read(pcap, broken, 7);
    expect(packets).toHaveLength(1);
    expect(complaint).toContain('damaged');
  });
  it('reads the recorded attack alike in chunks of any size', () => {
    const bytes = gunzipSync(
      readFileSync(new URL('../../../cases/pingback-flood/packets.pcap.gz', import.meta.url)),
    ).subarray(0, 60_000);
    const whole = read(pcap, bytes);
    expect(whole.packets.length).toBeGreaterThan(500);
    expect(whole.packets[3]).toMatchObject({
      source: '198.51.100.10',
      request: 'GET / HTTP/1.1',
      payloadBytes: 113,
      flags: 'P.',
    });
    for (const size of [1, 13, 4096]) expect(read(pcap, bytes, size)).toEqual(whole);
  });
});

describe('pcapng', () => {
  it.each([
    [true, undefined, 1_795_341_883_066_807n],
    [false, 9, 1_795_341_883_066_807_000n],
    [true, 0x80 | 10, (1_795_341_883_066_807n * 1024n) / 1_000_000n],
  ])('reads packets in either byte order with any clock (little %s, resolution %s)', (little, resolution, ticks) => {
    const file = concat(pcapngHead(little, 1, resolution), enhancedPacket(ethernet(0x800, post), ticks, little));
    expect(packetFormats.filter((format) => format.recognise(file))).toEqual([pcapng]);
    const { packets, complaint } = read(pcapng, file, 5);
    expect(complaint).toBeUndefined();
    expect(packets).toMatchObject([
      { ...SYN_READ, flags: 'P.', payloadBytes: POST.length, request: 'POST /xmlrpc.php HTTP/1.0' },
    ]);
    expect(Math.abs((packets[0]?.at ?? 0) - 1_795_341_883_066.807)).toBeLessThan(1);
  });
  it('reads several sections, simple packets without time, and skips other blocks', () => {
    const simple = block(3, concat(u32(54, false), ethernet(0x800, syn)), false);
    const statistics = block(5, new Uint8Array(90_000), true);
    const file = concat(
      pcapngHead(true, 1),
      statistics,
      enhancedPacket(ethernet(0x800, syn), 1n, true),
      pcapngHead(false, 1),
      simple,
    );
    const { packets, complaint } = read(pcapng, file, 1000);
    expect(complaint).toBeUndefined();
    expect(packets).toMatchObject([SYN_READ, { ...SYN_READ, at: undefined }]);
  });
  it('stops at a length that cannot be', () => {
    const file = concat(pcapngHead(true, 1), u32(6, true), u32(4, true), new Uint8Array(40));
    expect(read(pcapng, file).complaint).toContain('damaged');
  });
});

describe('whatever bytes come', () => {
  const good = concat(
    pcapFile(
      [
        at(ethernet(0x800, post)),
        at(ethernet(0x86dd, ipv6(V6, MAPPED, 0, concat([6, 0, 0, 0, 0, 0, 0, 0], tcpSegment(1, 2, SYN, ''))))),
      ],
      { little: true, nano: false, linkType: 1 },
    ),
  );
  const goodNg = concat(
    pcapngHead(true, 1, 6),
    enhancedPacket(ethernet(0x800, post), 7n, true),
    block(3, concat(u32(54, true), ethernet(0x800, syn)), true),
  );
  const damaged = (file: Uint8Array) =>
    fc.array(fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }).map((changes) => {
      const copy = Uint8Array.from(file);
      for (const [i, value] of changes) copy[i] = value;
      return copy;
    });
  it('never throws, ends, and reads the same in one piece and byte by byte', () => {
    fc.assert(
      fc.property(
        fc.oneof(damaged(good), damaged(goodNg), fc.uint8Array({ maxLength: 200 })),
        fc.integer({ min: 1, max: 50 }),
        (bytes, size) => {
          for (const format of packetFormats) expect(read(format, bytes, size)).toEqual(read(format, bytes));
        },
      ),
    );
  });
  it('reads back every packet that was written', () => {
    const packet = fc.record({
      source: fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)),
      port: fc.nat(65_535),
      payload: fc.string({ maxLength: 60 }),
    });
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 90 }),
        (list, little, size) => {
          const frames = list.map((p) =>
            at(ethernet(0x800, ipv4(p.source, SERVER, 6, tcpSegment(p.port, 80, PUSH_ACK, p.payload)))),
          );
          const { packets, complaint } = read(pcap, pcapFile(frames, { little, nano: false, linkType: 1 }), size);
          expect(complaint).toBeUndefined();
          expect(packets.map((p) => [p.source, p.sourcePort, p.payloadBytes])).toEqual(
            list.map((p) => [p.source.join('.'), p.port, Buffer.from(p.payload, 'latin1').length]),
          );
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapturedRequest } from '../../model/capture.ts';
import { concat, ipv4, ipv6, u16, u32 } from '../packets/frames.fixture.ts';
import { httpRequest, multicall, pingback, xmlrpcCall } from './bodies.fixture.ts';
import { httpStream, type RawRequest } from './http-stream.ts';
import { packetRequests } from './packet-requests.ts';

const RAW_IP = 101;
const V4 = [198, 51, 100, 7];
const V6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
const SERVER4 = [192, 0, 2, 1];
const SERVER6 = [...V6.slice(0, 15), 1];

interface Piece {
  readonly from: number;
  readonly payload: Uint8Array;
}

function segment(sequence: number, payload: Uint8Array, flags = 0x18, port = 40_000): Uint8Array {
  const header = [...u16(port), ...u16(80), ...u32(sequence, false), 0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0];
  return concat(header, payload);
}

const packed = (tcp: Uint8Array, six = false): Uint8Array =>
  six ? ipv6(V6, SERVER6, 6, tcp) : ipv4(V4, SERVER4, 6, tcp);

/** What is found in frames of one client, which begin with a SYN at `first`. */
function found(
  pieces: readonly Piece[],
  options: { first?: number; six?: boolean; syn?: boolean; cutAt?: number } = {},
) {
  const { first = 1000, six = false, syn = true, cutAt } = options;
  const requests: CapturedRequest[] = [];
  const reader = packetRequests((request) => requests.push(request));
  const give = (bytes: Uint8Array): void => {
    const kept = bytes.subarray(0, cutAt ?? bytes.length);
    reader.frame({ bytes: kept, linkType: RAW_IP, wireLength: bytes.length, ms: 5 });
  };
  if (syn) give(packed(segment(first - 1, new Uint8Array(0), 0x02), six));
  for (const { from, payload } of pieces) give(packed(segment((first + from) >>> 0, payload), six));
  const counts = reader.end();
  return { requests, counts };
}

function cutIn(bytes: Uint8Array, size: number): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push({ from: at, payload: bytes.subarray(at, at + size) });
  return pieces;
}

const GUESSES = multicall(Array.from({ length: 40 }, (_, i) => ['admin', `pw${i}`] as const));
const POST = 'POST /xmlrpc.php?x=1';

describe('requests in packets', () => {
  it.each([false, true])('are put together from segments (IPv6: %s)', (six) => {
    const { requests, counts } = found(cutIn(httpRequest(POST, GUESSES, { 'User-Agent': 'tool/1' }), 700), { six });
    expect(counts).toMatchObject({ cut: 0, dropped: 0 });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      at: 5,
      source: six ? '2001:db8::7' : '198.51.100.7',
      method: 'POST',
      path: '/xmlrpc.php',
      agent: 'tool/1',
      logins: 40,
      whole: true,
    });
  });

  it('are put together out of order, with repeats, across the end of the sequence numbers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 900 }),
        fc.infiniteStream(fc.nat()),
        fc.nat(0xffffffff),
        (size, dice, first) => {
          const pieces = cutIn(httpRequest(POST, GUESSES), size);
          const shuffled = pieces
            .flatMap((piece, i) => (i % 3 === 0 ? [piece, piece] : [piece]))
            .map((piece, i) => ({ piece, order: i + ((dice.next().value ?? 0) % 8) }))
            .sort((a, b) => a.order - b.order)
            .map(({ piece }) => piece);
          const { requests } = found(shuffled, { first });
          expect(requests.map(({ logins, whole }) => ({ logins, whole }))).toEqual([{ logins: 40, whole: true }]);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('follow one another on one connection', () => {
    const bytes = concat(
      httpRequest('GET /', '', { 'Content-Length': '0' }),
      httpRequest(POST, pingback('http://victim.example/', 'http://example.org/')),
      httpRequest(POST, xmlrpcCall('wp.getUsersBlogs', 'eve', 'pw')),
    );
    const { requests } = found(cutIn(bytes, 100));
    expect(requests.map(({ method, logins, pingbacks }) => [method, logins, pingbacks.length])).toEqual([
      ['GET', 0, 0],
      ['POST', 0, 1],
      ['POST', 1, 0],
    ]);
  });

  it('are told as far as they came, when packets are missing or cut', () => {
    const pieces = cutIn(httpRequest(POST, GUESSES), 700);
    const missing = found(pieces.filter((_, i) => i !== 5));
    expect(missing.requests[0]).toMatchObject({ whole: false, body: 'xmlrpc' });
    expect(missing.requests[0]?.logins).toBeGreaterThan(3);
    const cut = found(pieces, { cutAt: 300 });
    expect(cut.counts.cut).toBe(pieces.length);
    expect(cut.requests[0]).toMatchObject({ whole: false, source: '198.51.100.7' });
  });

  it('are found in the middle of a connection', () => {
    const reply = cutIn(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), 500);
    const { requests } = found([...reply, { from: 700, payload: httpRequest(POST, GUESSES) }], { syn: false });
    expect(requests).toHaveLength(1);
  });

  it('that are encrypted are counted', () => {
    const { requests, counts } = found([{ from: 0, payload: Uint8Array.of(22, 3, 1, 2, 0, 1) }]);
    expect(requests).toEqual([]);
    expect(counts.encrypted).toBe(1);
  });

  it('are read from any frames without a fault', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 120 }), { maxLength: 20 }),
        fc.constantFrom(0, 1, 101, 113, 276),
        (frames, linkType) => {
          const reader = packetRequests(() => {});
          for (const bytes of frames) reader.frame({ bytes, linkType, wireLength: bytes.length, ms: undefined });
          expect(reader.end().frames).toBe(frames.length);
        },
      ),
    );
  });
});

function requestsIn(chunks: readonly (string | Uint8Array)[]): RawRequest[] {
  const told: RawRequest[] = [];
  const stream = httpStream((request) => told.push(request));
  for (const chunk of chunks) stream.feed(Buffer.from(chunk), undefined);
  stream.end();
  return told;
}

const bodyOf = (request: RawRequest | undefined): string => Buffer.from(request?.body ?? []).toString('latin1');

describe('a stream of HTTP', () => {
  it('joins chunks', () => {
    const text =
      'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\nT: 1\r\n\r\nGET / HTTP/1.1\r\n\r\n';
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (size) => {
        const requests = requestsIn(cutIn(Buffer.from(text), size).map(({ payload }) => payload));
        expect(requests.map((request) => [request.method, bodyOf(request), request.whole])).toEqual([
          ['POST', 'abcdefgh', true],
          ['GET', '', true],
        ]);
      }),
    );
  });

  it('waits for a body that was asked for first, and sees when it was not wanted', () => {
    const head = 'POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n';
    expect(requestsIn([head, 'abc']).map(bodyOf)).toEqual(['abc']);
    expect(requestsIn([head, 'GET /next HTTP/1.1\r\n\r\n']).map(({ target, whole }) => [target, whole])).toEqual([
      ['/', false],
      ['/next', true],
    ]);
  });

  it('holds no more of a body than is looked at, and says how long it was', () => {
    const size = 3 << 20;
    const [request] = requestsIn([`POST / HTTP/1.1\r\nContent-Length: ${size}\r\n\r\n`, Buffer.alloc(size, 97)]);
    expect(request?.bodyBytes).toBe(size);
    expect(request?.body.length).toBeLessThanOrEqual((1 << 20) + 1);
  });

  it('never fails, whatever comes', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'POST / HTTP/1.1\r\n',
        'Content-Length: 5\r\n',
        'Transfer-Encoding: chunked\r\n',
        '\r\n',
        'ffffffff\r\n',
      ),
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (chunks) => void requestsIn(chunks)));
  });
});

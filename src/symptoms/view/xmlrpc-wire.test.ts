// Replies of /xmlrpc.php as a server logs them: whatever headers it adds, and for both protocols at once, they are read right.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dossierOf, readers, xmlrpc } from '../dossier.fixture.ts';
import { trafficView } from './traffic-view.ts';
import type { XmlrpcCounts } from './xmlrpc-replies.ts';

type Line = readonly [times: number, bytes: number, protocol: 'HTTP/1.0' | 'HTTP/1.1'];

function countsOf(lines: readonly Line[], bytes: 'body' | 'wire' | 'unknown' = 'wire'): XmlrpcCounts {
  const calls = lines.flatMap(([times, size, protocol], n) => xmlrpc(times, 1, size, { protocol }, n * 100));
  const view = trafficView(dossierOf({ access: [...readers(2, { untilS: 100 }), ...calls], bytes }));
  const [source] = view?.addresses.filter(({ xmlrpc: { requests } }) => requests > 0) ?? [];
  if (!source) throw new Error('no XML-RPC in these lines');
  return source.xmlrpc;
}

const offset = fc.integer({ min: 100, max: 700 });

describe('headers that the log counts as well', () => {
  it('are found whatever their size, from two known sizes on', () => {
    fc.assert(
      fc.property(offset, (headers) => {
        const counts = countsOf([
          [40, 370 + headers, 'HTTP/1.0'],
          [10, 403 + headers, 'HTTP/1.0'],
        ]);
        expect(counts).toMatchObject({ pingbacks: 40, guesses: 10, ambiguous: 0 });
      }),
      { numRuns: 40 },
    );
  });

  it('differ between protocols', () => {
    fc.assert(
      fc.property(offset, offset, (one, other) => {
        const counts = countsOf([
          [40, 370 + one, 'HTTP/1.0'],
          [10, 403 + one, 'HTTP/1.0'],
          [30, 403 + other, 'HTTP/1.1'],
          [5, 370 + other, 'HTTP/1.1'],
        ]);
        expect(counts).toMatchObject({ pingbacks: 45, guesses: 40 });
      }),
      { numRuns: 40 },
    );
  });

  it('leave it open what one size means, rather than guess', () => {
    fc.assert(
      fc.property(offset, fc.constantFrom(370, 403), (headers, body) => {
        expect(countsOf([[90, body + headers, 'HTTP/1.0']])).toMatchObject({ pingbacks: 0, guesses: 0, ambiguous: 90 });
      }),
      { numRuns: 40 },
    );
  });
});

describe('bodies alone', () => {
  it.each([
    [1, 401],
    [5, 1257],
    [10, 2327],
    [100, 21_587],
    [1000, 214_187],
  ])('tell that a multicall held %i passwords, also where a log does not say what it counts', (guesses, bytes) => {
    expect(countsOf([[3, bytes, 'HTTP/1.1']], 'body')).toMatchObject({ guesses: guesses * 3, guessRequests: 3 });
    expect(countsOf([[3, bytes, 'HTTP/1.1']], 'body').pingbacks).toBe(0);
  });

  it('tell a multicall that met a switched-off XML-RPC by its longer faults', () => {
    expect(countsOf([[1, 187 + 226 * 50, 'HTTP/1.1']], 'body')).toMatchObject({ guesses: 50 });
  });

  it('are never read as more passwords than were sent, nor as less than none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300_000 }), (bytes) => {
        const counts = countsOf([[1, bytes, 'HTTP/1.1']], 'body');
        expect(counts.requests).toBe(1);
        expect(counts.guesses).toBeLessThanOrEqual(Math.max(1, bytes / 214));
        const read = counts.guessRequests + counts.pingbacks + counts.answered + counts.empty + counts.faults;
        expect(read + counts.ambiguous + counts.refused + counts.failed).toBe(1);
      }),
      { numRuns: 100 },
    );
  });
});

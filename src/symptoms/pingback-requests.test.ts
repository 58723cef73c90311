// Pingbacks beyond the trickle of genuine ones, told by the size of the replies and by nothing else.
import { describe, expect, it } from 'vitest';
import type { AccessEntry } from '../model/access-entry.ts';
import { ATTACKER, found, program, readers, samples, visitor, xmlrpc } from './dossier.fixture.ts';
import { pingbackRequests } from './pingback-requests.ts';

describe('pingback-requests', () => {
  it('is twenty replies of 370 bytes', () => {
    expect(found(pingbackRequests, { access: [...readers(3), ...xmlrpc(20, 1, 370)] })).toMatchObject([
      { measure: { requests: 20, bySize: 20, sources: [ATTACKER], sourceCount: 1 } },
    ]);
    expect(found(pingbackRequests, { access: [...readers(3), ...xmlrpc(19, 1, 370)] })).toEqual([]);
  });

  it('gives the rate, and what WordPress does where nothing shows how long one is held', () => {
    const [one] = found(pingbackRequests, { access: xmlrpc(120, 1, 370) });
    expect(one?.measure).toMatchObject({ heldS: 11.3, heldFrom: 'mechanism' });
    expect(one?.measure.ratePerS).toBeCloseTo(1, 1);
  });

  it('reads off the order of the log how long one is held', () => {
    // Apache stamps the begin and writes at the end: pingbacks stand 11 s below visitors who came after them.
    const calls = xmlrpc(60, 1, 370).map((call) => ({ call, written: (call.at ?? 0) + 11_000 }));
    const pages = readers(20, { untilS: 80, everyS: 10 }).map((call) => ({ call, written: call.at ?? 0 }));
    const accessInLogOrder = [...calls, ...pages].sort((a, b) => a.written - b.written).map(({ call }) => call);
    const [one] = found(pingbackRequests, { accessInLogOrder });
    expect(one?.measure.heldFrom).toBe('log-order');
    expect(one?.measure.heldS).toBeGreaterThanOrEqual(9);
    expect(one?.measure.heldS).toBeLessThanOrEqual(11);
  });

  it('takes the logged time where there is one', () => {
    const timed = (lines: readonly AccessEntry[]) => lines.map((line) => ({ ...line, durationMs: 8000 }));
    expect(found(pingbackRequests, { access: timed(xmlrpc(60, 1, 370)) })).toMatchObject([
      { measure: { heldS: 8, heldFrom: 'logged' } },
    ]);
  });

  it('takes the age of the workers where only that shows it', () => {
    const seen = samples([5, 9, 9, 9], (n) => ({ programs: [program('php-cgi', n, { oldestS: n })] }));
    expect(found(pingbackRequests, { access: xmlrpc(60, 1, 370), samples: seen })).toMatchObject([
      { measure: { heldS: 9, heldFrom: 'processes' } },
    ]);
  });

  it('is callers that rotate, all at once', () => {
    const access = Array.from({ length: 30 }, (_, n) => xmlrpc(2, 1, 370, { client: visitor(n) }, n * 2)).flat();
    expect(found(pingbackRequests, { access })).toMatchObject([{ measure: { requests: 60, sourceCount: 30 } }]);
  });

  it('counts what got no answer any more when the host had fallen, and says which size told', () => {
    const access = [...xmlrpc(60, 1, 370), ...xmlrpc(30, 1, 0, {}, 60), ...xmlrpc(10, 1, 287, { status: 504 }, 90)];
    expect(found(pingbackRequests, { access })).toMatchObject([{ measure: { requests: 100, bySize: 60 } }]);
  });

  it.each([
    [
      'the genuine ones of a day: each of many blogs sends one',
      Array.from({ length: 24 }, (_, n) => xmlrpc(1, 1, 370, { client: visitor(n) }, n * 3600)).flat(),
    ],
    ['wrong passwords', xmlrpc(200, 1, 403)],
    ['the phone application', xmlrpc(200, 1, 1893)],
    ['what is refused', xmlrpc(200, 1, 370, { status: 403 })],
  ])('is not %s', (_what, access) => {
    expect(found(pingbackRequests, { access })).toEqual([]);
  });

  it('blames no blog for its one genuine pingback during an attack', () => {
    const genuine = xmlrpc(1, 1, 370, { client: visitor(9) }, 30);
    expect(found(pingbackRequests, { access: [...xmlrpc(60, 1, 370), ...genuine] })).toMatchObject([
      { measure: { sources: [ATTACKER], sourceCount: 1 } },
    ]);
  });
});

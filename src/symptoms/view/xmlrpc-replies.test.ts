import { describe, expect, it } from 'vitest';
import { distinct } from '../../model/distinct.ts';
import { table } from '../../model/table.ts';
import { counter, type ReplyTally, type Traffic } from '../../model/traffic.ts';
import { countXmlrpc, readXmlrpc } from './xmlrpc-replies.ts';

type Replies = Readonly<Record<string, number>>;

/** Traffic of replies to POST /xmlrpc.php: `protocol status bytes` and how many. */
function trafficOf(replies: Replies, bytes: Traffic['bytes'] = 'body'): Pick<Traffic, 'xmlrpc' | 'bytes'> {
  const xmlrpc = table<ReplyTally>(100);
  for (const [key, count] of Object.entries(replies)) {
    xmlrpc.entries.set(key, { count, first: 0, last: 0, sources: distinct(), targets: distinct(), examples: [] });
  }
  return { xmlrpc, bytes };
}

function read(replies: Replies, bytes: Traffic['bytes'] = 'body') {
  const reading = readXmlrpc(trafficOf(replies, bytes));
  const counts = counter();
  for (const [key, times] of Object.entries(replies)) counts.counts.set(key, times);
  return { reading, counts: countXmlrpc(counts, reading) };
}

const kindOf = (status: number, bytes: number) => {
  const key = `HTTP/1.1 ${status} ${bytes}`;
  return readXmlrpc(trafficOf({ [key]: 1 })).meaningOf(key);
};

describe('the size of a reply of xmlrpc.php', () => {
  it.each([
    [405, 42, 'refused'],
    [200, 403, 'guess'],
    [200, 399, 'guess'],
    [200, 652, 'answered'],
    [200, 429, 'fault'],
    [200, 370, 'pingback'],
    [200, 412, 'pingback'],
    [405, 415, 'refused'],
    [200, 0, 'empty'],
    [500, 2527, 'failed'],
    [403, 199, 'refused'],
  ])('%i with %i bytes of body is %s', (status, bytes, kind) => {
    expect(kindOf(status, bytes).kind).toBe(kind);
  });

  it.each([
    [1, 401],
    [10, 2327],
    [100, 21_587],
    [1000, 214_187],
  ])('tells that %i passwords were in one multicall', (guesses, bytes) => {
    expect(kindOf(200, bytes)).toEqual({ kind: 'guess', guesses });
  });

  it('counts what a source did', () => {
    const { counts } = read({
      'HTTP/1.1 200 403': 120,
      'HTTP/1.1 200 1257': 15,
      'HTTP/1.1 200 4467': 11,
      'HTTP/1.1 200 10887': 18,
      'HTTP/1.1 200 370': 2,
    });
    expect(counts).toMatchObject({ guesses: 120 + 75 + 220 + 900, guessRequests: 164, pingbacks: 2, requests: 166 });
  });
});

describe('sizes with headers (%O)', () => {
  it('are read by the offset that explains most different sizes, for each protocol its own', () => {
    const { reading, counts } = read(
      {
        'HTTP/1.0 200 575': 50,
        'HTTP/1.0 200 542': 3,
        'HTTP/1.1 200 615': 20,
        'HTTP/1.1 200 2539': 5,
        'HTTP/1.1 200 864': 1,
      },
      'wire',
    );
    expect(Object.fromEntries(reading.offsets)).toEqual({ 'HTTP/1.0': 172, 'HTTP/1.1': 212 });
    expect(reading.ambiguous.size).toBe(0);
    expect(counts).toMatchObject({ guesses: 50 + 20 + 50, pingbacks: 3, answered: 1 });
  });

  it('of one kind alone leave it open what they are, and that is said', () => {
    const { reading, counts } = read({ 'HTTP/1.0 200 542': 900 }, 'wire');
    expect(reading.ambiguous.has('HTTP/1.0')).toBe(true);
    expect(counts).toMatchObject({ ambiguous: 900, pingbacks: 0, guesses: 0 });
  });

  it('of one kind are told by the replies without a body, once the database has died', () => {
    const { reading, counts } = read({ 'HTTP/1.0 200 537': 945, 'HTTP/1.0 200 182': 301 }, 'wire');
    expect(reading.ambiguous.size).toBe(0);
    expect(counts).toMatchObject({ pingbacks: 945, empty: 301, guesses: 0 });
  });

  it('of one kind stay open where the replies without a body fit two readings', () => {
    // Wrong passwords with 209 bytes of headers; the error page adds those against caching, and has no chunk.
    const { reading, counts } = read({ 'HTTP/1.1 200 612': 35, 'HTTP/1.1 200 259': 54 }, 'wire');
    expect(reading.ambiguous.has('HTTP/1.1')).toBe(true);
    expect(counts).toMatchObject({ pingbacks: 0, guesses: 0, ambiguous: 35 });
  });

  it('of one protocol do not make those of another uncertain', () => {
    const { counts } = read({ 'HTTP/1.0 200 542': 900, 'HTTP/1.1 200 615': 20, 'HTTP/1.1 200 582': 5 }, 'wire');
    expect(counts).toMatchObject({ ambiguous: 900, guesses: 20, pingbacks: 5 });
  });
});

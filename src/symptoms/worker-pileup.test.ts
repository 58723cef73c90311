// Workers far above normal, and staying: by samples, by the kernel's task table, or between the lines of the access log.
import { describe, expect, it } from 'vitest';
import { at, found, oomKill, program, readers, samples, xmlrpc } from './dossier.fixture.ts';
import { workerPileup } from './worker-pileup.ts';

const cgi = (values: readonly number[], more = {}) => ({
  samples: samples(values, (count) => ({
    programs: count === 0 ? [program('mariadbd', 1)] : [program('php-cgi', count, more)],
  })),
});

describe('worker-pileup in samples', () => {
  it('says how high the pile grew over which normal, and how old it is', () => {
    expect(found(workerPileup, cgi([1, 0, 1, 2, 15, 40, 94], { medianS: 11 }))).toMatchObject([
      { span: { from: at(40), to: at(60) }, measure: { program: 'php-cgi', peak: 94, normal: 1, heldS: 11 } },
    ]);
  });

  it.each([
    ['nine workers', cgi([1, 0, 1, 2, 9, 9, 9])],
    ['a peak that passes', cgi([1, 0, 1, 2, 40, 1, 1])],
    ['a host that always has many', cgi([40, 42, 41, 45, 60, 70, 60])],
    ['zombies, which hold nothing', cgi([1, 1, 1, 1, 94, 94, 94], { zombies: 93 })],
    ['a list of thirty at one moment less one: nothing is known of before', cgi([29])],
    [
      'processes that are no workers',
      { samples: samples([1, 1, 1, 90, 90], (n) => ({ programs: [program('sshd', n)] })) },
    ],
  ])('is not %s', (_what, pieces) => {
    expect(found(workerPileup, pieces)).toEqual([]);
  });

  it('is one list with thirty of them', () => {
    expect(found(workerPileup, cgi([30]))).toMatchObject([{ measure: { peak: 30, normal: 0 } }]);
  });

  it('speaks of PHP, which costs the memory, before the web server that waits for it', () => {
    const both = samples([1, 1, 1, 60, 80], (n) => ({ programs: [program('apache2', n * 2), program('php-cgi', n)] }));
    expect(found(workerPileup, { samples: both })).toMatchObject([{ measure: { program: 'php-cgi', peak: 80 } }]);
  });

  it('takes PSS before anonymous memory before RSS, and says which', () => {
    const rss = { rssKb: 94 * 55_000 };
    expect(found(workerPileup, cgi([1, 1, 1, 94, 94], { ...rss, pssKb: 94 * 36_000 }))).toMatchObject([
      { measure: { workerKb: 36_000, workerKbIs: 'pss' } },
    ]);
    expect(found(workerPileup, cgi([1, 1, 1, 94, 94], rss))).toMatchObject([
      { measure: { workerKb: 55_000, workerKbIs: 'rss' } },
    ]);
    const tasks = [{ name: 'php-cgi', count: 10, rssKb: 550_000, anonKb: 335_000, largestKb: 55_000, largestPid: 9 }];
    const kill = { ...cgi([1, 1, 1, 94, 94], rss), events: [oomKill(45, 'mariadbd', { tasks })] };
    expect(found(workerPileup, kill)).toMatchObject([{ measure: { workerKb: 33_500, workerKbIs: 'anonymous' } }]);
  });
});

describe("worker-pileup in the kernel's task table", () => {
  const table = (name: string, count: number) => ({
    events: [
      oomKill(5, 'mariadbd', { tasks: [{ name, count, rssKb: 55_000 * count, largestKb: 55_000, largestPid: 9 }] }),
    ],
  });

  it('is ten workers when memory was gone', () => {
    expect(found(workerPileup, table('php-cgi', 10))).toMatchObject([
      { measure: { program: 'php-cgi', peak: 10, workerKb: 55_000, workerKbIs: 'rss' } },
    ]);
    expect(found(workerPileup, table('php-cgi', 9))).toEqual([]);
    expect(found(workerPileup, table('sshd', 90))).toEqual([]);
  });
});

describe('worker-pileup between the lines of the access log', () => {
  const logged = (heldS: number) => {
    const calls = xmlrpc(60, 0.5, 370).map((call) => ({ call, written: (call.at ?? 0) + heldS * 1000 }));
    const pages = readers(30, { untilS: 300, everyS: 30 }).map((call) => ({ call, written: call.at ?? 0 }));
    return [...calls, ...pages].sort((a, b) => a.written - b.written).map(({ call }) => call);
  };

  it('is inferred from requests that have begun and not ended', () => {
    const [pile] = found(workerPileup, { accessInLogOrder: logged(30) });
    expect(pile).toMatchObject({ certainty: 'inferred', measure: { program: 'requests in flight' } });
    expect(pile?.measure.peak).toBeGreaterThan(40);
    expect(pile?.measure.peak).toBeLessThanOrEqual(62);
  });

  it('is not requests that end within seconds', () => {
    expect(found(workerPileup, { accessInLogOrder: logged(3) })).toEqual([]);
  });
});

// A robot is told by what it says of itself, and only when it takes a share that matters.
import { describe, expect, it } from 'vitest';
import { crawlerStorm } from './crawler-storm.ts';
import { ATTACKER, found, readers, requests } from './dossier.fixture.ts';

const ROBOT = 'Mozilla/5.0 (compatible; ExampleBot/1.0; +http://bot.example/)';
const crawl = (times: number, everyS: number, agent = ROBOT) =>
  requests(times, everyS, (i) => ({ client: ATTACKER, agent, target: `/shop/?color=${i}&size=${i}` }));

describe('crawler-storm', () => {
  it('names the robot, its agent and its share of the cost', () => {
    const [storm] = found(crawlerStorm, { access: [...readers(5), ...crawl(400, 0.5)] });
    expect(storm?.measure).toMatchObject({ robot: 'ExampleBot', agent: ROBOT, sources: [ATTACKER], sourceCount: 1 });
    expect(storm?.measure.costShare).toBeGreaterThan(0.8);
    expect(storm?.evidence[0]?.text).toMatch(/^line/);
  });

  it('adds up the addresses that one robot comes from', () => {
    const many = Array.from({ length: 8 }, (_, n) =>
      requests(50, 4, (i) => ({ client: `203.0.113.${n}`, agent: ROBOT, target: `/?p=${n}${i}` })),
    );
    expect(found(crawlerStorm, { access: many.flat() })).toMatchObject([{ measure: { sourceCount: 8 } }]);
  });

  it.each([
    ['fewer than 150 requests', crawl(149, 0.5)],
    ['a robot that takes its time', [...readers(20), ...crawl(200, 3)]],
    ['a browser', crawl(400, 0.5, 'Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0')],
    ['a tool that says nothing of who uses it', crawl(400, 0.5, 'python-requests/2.31')],
    ['a monitor, which asks again and again by design', crawl(400, 0.5, 'UptimeRobot/2.0 (monitor bot)')],
  ])('is not %s', (_what, access) => {
    expect(found(crawlerStorm, { access })).toEqual([]);
  });

  it('says nothing without an access log', () => {
    expect(found(crawlerStorm, {})).toEqual([]);
  });
});

import { expect, it } from 'vitest';
import { entry, trafficOf } from '../engine/entries.fixture.ts';
import { robotClaims, robotsToLookUp } from './robot-claims.ts';

const GOOGLE = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const AHREFS = 'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)';
const GPT = 'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)';
const asks = (client: string, agent: string, durationMs = 100) =>
  Array.from({ length: 3 }, () => entry({ client, agent, durationMs }));

const traffic = trafficOf([
  [
    ...asks('66.249.66.1', GOOGLE, 200),
    ...asks('192.0.2.1', GOOGLE, 5000),
    ...asks('192.0.2.2', GOOGLE, 400),
    ...asks('192.0.2.3', AHREFS),
    ...asks('192.0.2.4', GPT),
    ...asks('198.51.100.1', 'Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0', 9000),
  ],
]);

it('a name is a claim, and what proves it stands apart from it', () => {
  expect(robotClaims(traffic).map(({ robot, proof, by, addresses }) => ({ robot, proof, by, addresses }))).toEqual([
    { robot: 'Googlebot', proof: 'none', by: undefined, addresses: 2 },
    { robot: 'Googlebot', proof: 'address', by: 'Google', addresses: 1 },
    { robot: 'AhrefsBot', proof: 'none', by: undefined, addresses: 1 },
    { robot: 'GPTBot', proof: 'no-way', by: undefined, addresses: 1 },
  ]);
});

it('what DNS said moves an address to the proved or the refuted ones, with all it cost', () => {
  const names = new Map([
    ['192.0.2.1', { proof: 'refuted' }],
    ['192.0.2.2', { proof: 'name', by: 'googlebot.com' }],
  ] as const);
  const claims = robotClaims(traffic, names).filter(({ robot }) => robot === 'Googlebot');
  expect(claims.map(({ proof, examples, tally }) => [proof, examples, tally.workerMs])).toEqual([
    ['refuted', ['192.0.2.1'], 15_000],
    ['name', ['192.0.2.2'], 1200],
    ['address', ['66.249.66.1'], 600],
  ]);
});

it('only those are looked up that DNS can prove and that are not proved, the costliest first', () => {
  expect(robotsToLookUp(traffic).map(({ address }) => address)).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
});

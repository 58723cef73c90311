import { expect, it } from 'vitest';
import { tally } from '../model/traffic.ts';
import { liveWindow } from './live-window.ts';

const T = 1_800_000_000_000;
const request = (address: string) => ({
  address,
  endpoint: 'GET /',
  agent: 'curl/8',
  tally: { ...tally(), requests: 1, workerMs: 250, failed: 1 },
});

it('tables cover the last minute, figures a second the last five', () => {
  const window = liveWindow(T);
  for (let second = 0; second < 400; second++) {
    window.add(request(`192.0.2.${second % 200}`), T + second * 1000 + 500);
    window.add(request('203.0.113.7'), T + second * 1000 + 900);
  }
  const { profile, agents, seconds, windowS } = window.view(T + 400_000);
  expect(windowS).toBe(60);
  expect(profile.total.requests).toBe(118);
  expect(profile.addresses.entries.get('203.0.113.7')?.requests).toBe(59);
  expect(agents.entries.get('curl/8')?.workerMs).toBe(118 * 250);
  expect(seconds).toHaveLength(300);
  expect(seconds.at(-1)).toEqual({ requests: 2, failed: 2, workerMs: 500 });
});

it('knows nothing of the time before it began, and zeros where nothing came', () => {
  const window = liveWindow(T);
  expect(window.view(T).seconds).toEqual([]);
  window.add(request('203.0.113.7'), T + 1500);
  expect(window.view(T + 3000).seconds.map(({ requests }) => requests)).toEqual([0, 1, 0]);
});

it('forgets what lies ahead when the clock is set back', () => {
  const window = liveWindow(T);
  window.add(request('203.0.113.7'), T + 1000);
  const { profile, seconds } = window.view(T - 3_600_000);
  expect(profile.total.requests).toBe(0);
  expect(seconds).toEqual([]);
});

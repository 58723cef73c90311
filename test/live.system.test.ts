// A live host, diagnosed while it happens: a real site in a lab, real requests, and the built program inside the server.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../lab/index.ts';

const SEAWALL = join(import.meta.dirname, '../bin/seawall');
const ATTACKER = '203.0.113.66';
const VISITORS = Array.from({ length: 10 }, (_, i) => `198.51.100.${20 + i}`);

interface Report {
  readonly verdict: { readonly cause: string; readonly confidence: number };
  readonly culprits: readonly { readonly id: string; readonly facts: readonly string[] }[];
  readonly inFlight?: { readonly peak: number; readonly holders: readonly { readonly id: string }[] };
  readonly host: { readonly memTotalKb?: number };
}

let lab: Lab | undefined;
afterEach(() => lab?.down());

/**
 * Outside of the server's memory limit: a container's root lacks the right to lower its badness, so that we would be killed
 * where a real host's root is protected.
 */
async function diagnosed(on: Lab, ...options: string[]): Promise<{ report: Report; ms: number }> {
  const { stdout, stderr, ms } = await on.run([SEAWALL, 'diagnose', '--json', ...options], { limited: false });
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stderr}`);
  return { report: JSON.parse(stdout) as Report, ms };
}

describe('a host that is looked at live', () => {
  it('is told to be well while visitors are served', { timeout: 60_000 }, async () => {
    lab = await startLab();
    const visitors = lab.visitors([{ actor: 'browser', perSecond: 0.5, sources: VISITORS }], 25);
    await sleep(8000);
    const { report, ms } = await diagnosed(lab);
    expect(report.verdict.cause).toBe('none');
    expect(report.culprits).toEqual([]);
    expect(report.host.memTotalKb).toBe(524_288);
    expect(ms).toBeLessThan(10_000);
    const check = await lab.run([SEAWALL, 'check'], { limited: false });
    expect(check).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^SEAWALL OK: 1 site answers in .* \| 'time'=/),
    });
    await visitors.stop();
  });

  it('names a pingback flood and its sender before the log has a line of it', { timeout: 60_000 }, async () => {
    lab = await startLab({ memoryMb: 768 });
    const visitors = lab.visitors([{ actor: 'browser', perSecond: 0.5, sources: VISITORS }], 30);
    await sleep(3000);
    const attack = lab.attack([{ actor: 'pingback', perSecond: 1, sources: [ATTACKER] }], 25);
    await sleep(5000);
    const { report, ms } = await diagnosed(lab, '--watch', '4s');
    expect(report.inFlight?.holders[0]?.id).toBe(ATTACKER);
    expect(report.verdict.cause).toBe('pingback-abuse');
    expect(report.culprits.map(({ id }) => id)).toEqual([ATTACKER]);
    expect(ms).toBeLessThan(10_000);
    const collected = await lab.run([SEAWALL, 'collect', '/root/recorded', '--watch', '3s'], { limited: false });
    expect(collected).toMatchObject({ code: 0, stdout: expect.stringContaining('Recorded to /root/recorded') });
    const elsewhere = await diagnosed(lab, '/root/recorded');
    expect(elsewhere.report.verdict.cause).toBe('pingback-abuse');
    expect(elsewhere.report.culprits.map(({ id }) => id)).toEqual([ATTACKER]);
    await Promise.all([attack.stop(), visitors.stop()]);
  });

  it('blames nobody of a crowd', { timeout: 60_000 }, async () => {
    lab = await startLab();
    const crowd = Array.from({ length: 200 }, (_, i) => `198.18.${i % 50}.${10 + i}`);
    const regulars = lab.visitors([{ actor: 'browser', perSecond: 0.5, sources: VISITORS }], 40);
    await sleep(6000);
    const rush = lab.visitors([{ actor: 'browser', perSecond: 6, sources: crowd }], 30);
    await sleep(10_000);
    const { report, ms } = await diagnosed(lab, '--watch', '4s');
    expect(report.culprits).toEqual([]);
    expect(ms).toBeLessThan(12_000);
    await Promise.all([rush.stop(), regulars.stop()]);
  });
});

// Watches this host after a response: a sample and a page a second, until it is well or the time is over.
import type { HostReader } from '../model/host.ts';
import { programsOf } from '../model/programs.ts';
import type { Calm } from '../model/response.ts';
import type { Sample } from '../model/sample.ts';
import { hostPulse } from '../sources/live/pulse.ts';
import { calmOf } from './calm.ts';

const STEP_MS = 1000;

export interface WatchOptions {
  readonly forMs: number;
  /** At the worst moment, as far as it was seen. */
  readonly before: readonly Sample[];
  /** The program that piled up. */
  readonly workers: string | undefined;
  readonly onLook: (calm: Calm, leftMs: number) => void;
}

/** Ends early when the site has been well without a break for long enough, or the trouble plainly goes on. */
export async function watchUntilCalm(host: HostReader, options: WatchOptions): Promise<Calm> {
  const pulse = hostPulse(host);
  const samples: Sample[] = [];
  const end = host.now() + options.forMs;
  for (;;) {
    const begin = host.now();
    const { at, data } = await pulse();
    const { processes = [], ...rest } = data;
    samples.push({
      ...rest,
      ...programsOf(processes),
      at,
      evidence: { file: 'this host', line: samples.length + 1, text: '' },
    });
    const calm = calmOf(options.before, samples, options.workers);
    options.onLook(calm, Math.max(0, end - host.now()));
    if (calm.well || calm.relapse !== undefined || host.now() >= end) return calm;
    await host.sleep(Math.max(50, Math.min(STEP_MS - (host.now() - begin), end - host.now())));
  }
}

// Runs a program whose effect is the change, and another one that takes it back where there is one.
import type { Change, Changer } from '../../model/act.ts';
import { type Argv, type Host, HostError } from '../../model/host.ts';

type RunChange = Extract<Change, { kind: 'run' }>;

export const runChange: Changer<RunChange> = {
  async apply({ argv, timeoutMs }, host) {
    await must(host, argv, timeoutMs);
  },
  async revert({ undo, timeoutMs }, host) {
    if (undo !== undefined) await must(host, undo, timeoutMs);
  },
};

async function must(host: Host, argv: Argv, timeoutMs: number): Promise<void> {
  const left = await host.run(argv, { timeoutMs });
  if (left.code === 0) return;
  const said = `${left.stderr}\n${left.stdout}`.trim().slice(0, 1000) || 'no message';
  throw new HostError(`Running "${argv.join(' ')}": ${left.failure ?? `exit ${left.code}`}: ${said}`);
}

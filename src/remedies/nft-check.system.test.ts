// What must hold of every ruleset in a preview: nft itself accepts it. Checked only (-c), nothing is changed.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { RemedyPlan } from '../model/remedy.ts';
import { advise } from './index.ts';

function nftComplaint(ruleset: string): string | undefined {
  const run = spawnSync('nft', ['-c', '-f', '-'], { input: ruleset, encoding: 'utf8', timeout: 10_000 });
  return run.status === 0 ? undefined : (run.error?.message ?? run.stderr);
}

function rulesets(plan: RemedyPlan): string[] {
  const text = advise(plan, undefined).preview.commands.join('\n');
  return [...text.matchAll(/^cat > \S+\.nft <<'END'\n([\s\S]*?\n)END$/gm)].map((found) => found[1] ?? '');
}

describe('a ruleset', () => {
  const reason = 'a test';
  const targets = ['203.0.113.66', '198.51.100.0/24', '2001:db8::9', '2001:db8:7::/48'];
  const many = Array.from({ length: 250 }, (_, i) => `198.51.${i}.7`);
  const plans: RemedyPlan[] = [
    { kind: 'block', targets, forSeconds: 7200, reason },
    { kind: 'block', targets: [...targets, ...many], forSeconds: 93_784, reason },
    { kind: 'limit-connections', perAddress: 30, reason },
  ];

  it.each(plans)('for $kind is accepted', (plan) => {
    const found = rulesets(plan);
    expect(found).toHaveLength(1);
    for (const ruleset of found) expect(nftComplaint(ruleset)).toBeUndefined();
  });
});

// Do these clients behave like people in front of browsers, or like programs? Signs that are costly to forge count most.
import { countDistinct } from '../../model/distinct.ts';
import type { SourceDetail } from '../../model/traffic.ts';

export interface Behaviour {
  readonly addresses: number;
  /** Requests of the median address. */
  readonly medianRequests: number;
  /** Shares of all their requests, 0 to 1. */
  readonly assetShare: number;
  readonly referredShare: number;
  readonly postShare: number;
  /** Share of the addresses that fetched what belongs to a page: style sheets, scripts, pictures. */
  readonly fetchesAssets: number;
  readonly agents: number;
  /** 0: programs, 1: people. */
  readonly human: number;
}

export function behaviourOf(details: readonly SourceDetail[]): Behaviour {
  const sum = (of: (detail: SourceDetail) => number): number =>
    details.reduce((total, detail) => total + of(detail), 0);
  const requests = Math.max(
    1,
    sum((detail) => detail.requests),
  );
  const counts = details.map((detail) => detail.requests).sort((a, b) => a - b);
  const agents = new Set(details.flatMap((detail) => [...detail.agents.counts.keys()]));
  const figures = {
    addresses: details.length,
    medianRequests: counts[Math.floor(counts.length / 2)] ?? 0,
    assetShare: sum((detail) => detail.assets) / requests,
    referredShare: sum((detail) => detail.referred) / requests,
    postShare: sum((detail) => detail.posts) / requests,
    fetchesAssets: details.length === 0 ? 0 : details.filter((detail) => detail.assets > 0).length / details.length,
    agents: agents.size,
  };
  return { ...figures, human: humanness(figures, varietyOf(details)) };
}

/** Different targets asked for, as a share of the requests: a reader wanders, a script repeats or enumerates. */
function varietyOf(details: readonly SourceDetail[]): number {
  const variety = details.map((detail) => countDistinct(detail.targets) / Math.max(1, detail.requests));
  return variety.reduce((sum, one) => sum + one, 0) / Math.max(1, variety.length);
}

function humanness(of: Omit<Behaviour, 'human'>, variety: number): number {
  const part = (value: number, full: number): number => Math.min(1, value / full);
  let score = 0.3;
  score += 0.35 * part(Math.max(of.assetShare, of.fetchesAssets * 0.5), 0.25);
  score += 0.35 * part(of.referredShare, 0.5);
  score -= 0.5 * of.postShare;
  if (of.assetShare < 0.02 && of.referredShare < 0.05) score -= 0.2;
  if (of.addresses >= 10 && of.agents <= 2) score -= 0.3;
  if (of.medianRequests >= 30 && variety < 0.2 && of.assetShare < 0.1) score -= 0.2;
  return Math.min(1, Math.max(0, score));
}

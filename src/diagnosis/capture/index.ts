// Captured requests -> what they are: denial of service, passwords, reflection, or ordinary work. Pure.
import { inNetwork } from '../../model/address.ts';
import type { CapturedRequest } from '../../model/capture.ts';
import type { CaptureKind, CaptureSender, CaptureVerdict, SenderKind } from '../../model/capture-verdict.ts';
import { SENDER_KINDS } from '../../model/capture-verdict.ts';
import { frontProxyOwner } from '../../model/known-networks.ts';
import { type Classified, classify, sureness, together } from './classify.ts';
import { addRequest, merged, ranked, type SenderTally, senderTally, spanOf } from './sender.ts';

const SENDERS_MAX = 20_000;
const SENDERS_TOLD = 200;
const NAMES_TOLD = 10;
/** Of the requests that do harm: less of another kind is not worth a word in the headline. */
const MIXED_SHARE = 0.2;
const HARMFUL: readonly SenderKind[] = ['passwords', 'reflection', 'denial-of-service'];

export interface CaptureContext {
  /** Proxies (CIDR) whose word on whom they forward for is believed, beside loopback and those that are known. */
  readonly trustedProxies: readonly string[];
  /** How long was looked, in seconds, where that is known. */
  readonly seconds?: number;
}

export function judgeCapture(requests: readonly CapturedRequest[], context: CaptureContext): CaptureVerdict {
  const tallies = new Map<string, SenderTally>();
  const all = senderTally('');
  for (const request of requests) {
    const address = senderOf(request, context.trustedProxies);
    const known = tallies.get(address) ?? (tallies.size < SENDERS_MAX ? senderTally(address) : undefined);
    addRequest(all, request);
    if (!known) continue;
    tallies.set(address, known);
    addRequest(known, request);
  }
  const classified = classifyAll([...tallies.values()], context.seconds ?? secondsOf(all));
  const senders = [...classified].map(([tally, is]) => senderData(tally, is)).sort(byHarm);
  const byKind = Object.fromEntries(
    SENDER_KINDS.map((kind) => [kind, requestsOf(senders.filter((sender) => sender.kind === kind))]),
  ) as Record<SenderKind, number>;
  const { kind, sure } = headline(senders, byKind);
  const guessing = senders.filter((sender) => sender.kind === 'passwords');
  const reflecting = senders.filter((sender) => sender.kind === 'reflection');
  return {
    kind,
    sureness: sure,
    requests: requests.length,
    ...spanOf(all),
    byKind,
    senders: senders.slice(0, SENDERS_TOLD),
    moreSenders: Math.max(0, senders.length - SENDERS_TOLD),
    users: merged(
      guessing.map(({ users }) => users),
      50,
    ),
    logins: guessing.reduce((sum, { logins }) => sum + logins, 0),
    victims: merged(
      reflecting.map(({ victims }) => victims),
      50,
    ),
    pingbacks: reflecting.reduce((sum, { pingbacks }) => sum + pingbacks, 0),
    letIn: guessing.filter(({ accepted = 0 }) => accepted > 0).map(({ address }) => address),
  };
}

/** The nearest address, from the peer on, that is no proxy to be believed. */
function senderOf({ source, forwarded = [] }: CapturedRequest, trusted: readonly string[]): string {
  const way = [...forwarded, source];
  for (let at = way.length - 1; at > 0; at--) {
    const address = way[at] ?? source;
    const believed =
      address === '::1' ||
      inNetwork(address, '127.0.0.0/8') ||
      trusted.some((proxy) => inNetwork(address, proxy)) ||
      frontProxyOwner(address) !== undefined;
    if (!believed) return address;
  }
  return way[0] ?? source;
}

function secondsOf({ first, last }: SenderTally): number {
  return first === undefined || last === undefined ? 1 : (last - first) / 1000;
}

function classifyAll(tallies: readonly SenderTally[], seconds: number): Map<SenderTally, Classified> {
  const single = new Map(tallies.map((tally) => [tally, classify(tally, seconds)]));
  const open = tallies.filter((tally) => ['visitor', 'unclear'].includes(single.get(tally)?.kind ?? ''));
  for (const [tally, is] of together(open)) single.set(tally, is);
  return single;
}

function headline(
  senders: readonly CaptureSender[],
  byKind: Readonly<Record<SenderKind, number>>,
): { kind: CaptureKind; sure: number } {
  const requests = requestsOf(senders);
  if (requests === 0) return { kind: 'nothing', sure: 1 };
  const harm = HARMFUL.filter((kind) => byKind[kind] > 0).sort((a, b) => byKind[b] - byKind[a]);
  const [most, second] = harm;
  if (most !== undefined) {
    const harmful = harm.reduce((sum, kind) => sum + byKind[kind], 0);
    const part = second === undefined ? 0 : byKind[second] / harmful;
    const shows = senders.filter(({ kind }) => harm.includes(kind));
    const sure = weighted(shows);
    return part >= MIXED_SHARE
      ? { kind: 'mixed', sure }
      : { kind: most as CaptureKind, sure: weighted(shows.filter(({ kind }) => kind === most)) };
  }
  const work = senders.filter(({ kind }) => kind === 'client' || kind === 'visitor');
  if (requestsOf(work) * 2 < requests) return { kind: 'unclear', sure: 0 };
  return { kind: 'legitimate', sure: weighted(work) };
}

/** The sureness of several senders, each as heavy as its requests. */
function weighted(senders: readonly CaptureSender[]): number {
  const requests = requestsOf(senders);
  const sum = senders.reduce((total, sender) => total + sender.sureness * sender.requests, 0);
  return requests === 0 ? 0 : Math.min(sum / requests, sureness(requests, requests));
}

function requestsOf(senders: readonly CaptureSender[]): number {
  return senders.reduce((sum, { requests }) => sum + requests, 0);
}

function byHarm(a: CaptureSender, b: CaptureSender): number {
  return (
    Number(HARMFUL.includes(b.kind)) - Number(HARMFUL.includes(a.kind)) ||
    b.requests - a.requests ||
    (a.address < b.address ? -1 : 1)
  );
}

function senderData(tally: SenderTally, { kind, sureness: sure, reasons }: Classified): CaptureSender {
  const { address, requests, logins, accepted, refused, pingbacks } = tally;
  return {
    address,
    kind,
    sureness: sure,
    requests,
    ...spanOf(tally),
    logins,
    users: ranked(tally.users, 50),
    ...(accepted !== undefined && { accepted }),
    ...(refused !== undefined && { refused }),
    pingbacks,
    victims: ranked(tally.victims, NAMES_TOLD),
    methods: ranked(tally.methods, NAMES_TOLD),
    paths: ranked(tally.paths, NAMES_TOLD),
    bodies: ranked(tally.bodies, NAMES_TOLD),
    agents: ranked(tally.agents, NAMES_TOLD),
    replyBytes: [...tally.replyBytes]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 5)
      .map(([bytes]) => bytes),
    reasons,
  };
}

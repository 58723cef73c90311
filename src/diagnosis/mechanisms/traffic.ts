// From requests to workers: what was asked for, how long each held its worker, and what that makes at once.
import { inNetwork } from '../../model/address.ts';
import { count, duration, figure, many, often, percent } from '../../model/figures.ts';
import type { Symptom } from '../../model/symptom.ts';
import { spanUnion } from '../../model/time.ts';
import { costOf } from '../blame.ts';
import { inFlight, littleWords, needWords, typicalNeed } from '../capacity.ts';
import type { Scene } from '../scene.ts';
import { aspects, type Mechanism, rule } from './mechanism.ts';

const ABUSE = ['pingback-requests', 'login-failures', 'scan-probes', 'crawler-storm', 'request-flood'] as const;
type Abuse = (typeof ABUSE)[number];

/** The same requests, seen from another side. */
const SAME_REQUESTS: readonly Mechanism[] = aspects([
  ...rule(['pingback-requests', 'login-failures', 'scan-probes', 'crawler-storm'], 'request-flood', (cause, effect) =>
    sharesSources(sourcesIn(cause), effect.measure.sources)
      ? 'These are the same requests, counted by who sent them.'
      : undefined,
  ),
  ...rule(ABUSE, 'endpoint-abuse', (cause, effect) =>
    sharesSources(sourcesIn(cause), [effect.measure.topSource]) ||
    networkHolds(sourcesIn(cause), effect.measure.topSource)
      ? 'These are the same requests, counted by what they asked for.'
      : undefined,
  ),
]);

const TO_WORKERS: Mechanism[] = [
  ...rule(ABUSE, 'worker-pileup', (cause, effect, scene) => pileUp(cause, effect, scene), 21_600),
  ...rule(
    ['traffic-spike'],
    'worker-pileup',
    (_cause, effect) =>
      `Each visitor needs a worker for each page; ${many(effect.measure.peak, 'worker')} were busy or waiting at once.`,
  ),
  ...rule(
    ['traffic-spike'],
    'worker-limit-reached',
    (cause) => `${figure(cause.measure.ratio)} times as many visitors as usual need as many times the workers.`,
  ),
  ...rule(ABUSE, 'worker-limit-reached', (cause, effect, scene) => limitReached(cause, effect.measure.limit, scene)),
  ...rule(
    ['slow-clients'],
    'worker-limit-reached',
    (cause) =>
      `Each held connection keeps a worker${cause.measure.connections > 0 ? `: ${count(cause.measure.connections)} of them were held` : ''}, though nothing is asked.`,
  ),
  ...rule(['slow-clients'], 'worker-pileup', () => 'Each held connection keeps a worker.'),
  ...rule(
    ['endpoint-abuse'],
    'worker-limit-reached',
    (cause) => `${cause.measure.endpoint} alone took ${percent(cause.measure.costShare)} of the worker time.`,
  ),
];

const TO_MEMORY: Mechanism[] = [
  ...rule(ABUSE, 'memory-exhausted', (cause, _effect, scene) => withoutPile(cause, scene)),
  ...rule(ABUSE, 'oom-kill', (cause, _effect, scene) => withoutPile(cause, scene)),
  ...rule(['traffic-spike'], 'memory-exhausted', (cause, _effect, scene) =>
    scene.has('worker-pileup')
      ? undefined
      : `${figure(cause.measure.ratio)} times as many visitors as usual need as many times the workers, and each worker takes memory.`,
  ),
];

const TO_SITE: Mechanism[] = [
  ...rule(ABUSE, 'site-slow', (cause, _effect, scene) => waiting(cause, scene)),
  ...rule(
    ['traffic-spike'],
    'site-slow',
    () => 'More pages were asked for than the host can make; visitors queue for a worker.',
  ),
  ...rule(
    [...ABUSE, 'traffic-spike'],
    'site-unreachable',
    () => 'With all workers taken and the queue full, nobody else is let in.',
  ),
  ...rule(
    [...ABUSE, 'traffic-spike'],
    'site-error',
    () => 'What waits too long for a worker, or finds no place in the queue, is answered with an error.',
  ),
  ...rule(
    [...ABUSE, 'traffic-spike'],
    'load-spike',
    () => 'Work that waits for a processor or for memory counts as load; the average follows a minute later.',
    1800,
  ),
  ...rule(
    [...ABUSE, 'traffic-spike'],
    'slow-queries',
    () => 'Each of these requests asks the database, and all of them share it.',
  ),
  ...rule(
    [...ABUSE, 'traffic-spike'],
    'too-many-connections',
    () => 'Each busy worker holds a connection to the database.',
  ),
  ...rule([...ABUSE, 'traffic-spike'], 'database-stalled', (_cause, effect) =>
    effect.measure.what === 'threads'
      ? 'Each busy worker asks the database at once.'
      : 'The host was too busy to let the database get on.',
  ),
  ...rule(['slow-clients'], 'site-unreachable', () => 'With all workers held, nobody else is let in.'),
  ...rule(['slow-clients'], 'site-slow', () => 'With all workers held, visitors wait for one to time out.'),
  ...rule(['slow-clients'], 'site-error', () => 'With all workers held, visitors are turned away.'),
  ...rule(
    ['half-open-connections'],
    'site-unreachable',
    () => 'The queue for new connections is full of those that are never finished.',
  ),
  ...rule(
    ['half-open-connections'],
    'site-slow',
    () => 'New connections find the queue full, and are tried again after seconds.',
  ),
  ...rule(
    ['pingback-requests'],
    'backend-timeouts',
    () => 'Each pingback makes PHP fetch a page from where its caller says, and wait up to 10 seconds for it.',
  ),
];

export const TRAFFIC_MECHANISMS: readonly Mechanism[] = [...SAME_REQUESTS, ...TO_WORKERS, ...TO_MEMORY, ...TO_SITE];

function sourcesIn(symptom: Symptom): readonly string[] {
  return 'sources' in symptom.measure && Array.isArray(symptom.measure.sources) ? symptom.measure.sources : [];
}

function sharesSources(a: readonly string[], b: readonly string[]): boolean {
  const known = new Set(a);
  return b.some((id) => known.has(id));
}

function networkHolds(ids: readonly string[], address: string): boolean {
  return ids.some((id) => id.includes('/') && inNetwork(address, id));
}

interface Rate {
  readonly perS: number;
  /** How long one holds its worker, s, where that was measured. */
  readonly heldS: number | undefined;
  readonly share: number;
}

/** How fast they came, how long each held a worker, and what share of the worker time they took. */
function rateOf(cause: Symptom<Abuse>, scene: Scene): Rate {
  const cost = costOf(scene, sourcesIn(cause), cause.span);
  const timing = scene.dossier.traffic?.timing;
  const logged = timing !== undefined && timing.logged > timing.fromOrder + timing.estimated;
  const meanS = cost.requests > 0 ? cost.workerS / cost.requests : undefined;
  const seconds = Math.max(1, (cause.span.to - cause.span.from) / 1000);
  switch (cause.id) {
    case 'pingback-requests':
      return { perS: cause.measure.ratePerS, heldS: cause.measure.heldS, share: cost.share };
    case 'request-flood':
      return {
        perS: cause.measure.ratePerS,
        heldS: logged ? cause.measure.workerS / Math.max(1, cause.measure.requests) : undefined,
        share: cause.measure.costShare,
      };
    case 'crawler-storm':
      return {
        perS: cause.measure.requests / seconds,
        heldS: logged ? meanS : undefined,
        share: cause.measure.costShare,
      };
    default:
      return { perS: cause.measure.requests / seconds, heldS: logged ? meanS : undefined, share: cost.share };
  }
}

/** A pile of less than this share by arithmetic has another reason. */
const EXPLAINED_MIN = 0.05;

function pileUp(cause: Symptom<Abuse>, pile: Symptom<'worker-pileup'>, scene: Scene): string | undefined {
  const { perS, heldS, share } = rateOf(cause, scene);
  const { peak, heldS: age } = pile.measure;
  const later = pile.span.from > cause.span.to + scene.toleranceMs ? ' when somebody looked, later: they stay' : '';
  const seen = `${many(peak, 'was', 'were')} seen${later}`;
  if (heldS !== undefined && inFlight(perS, heldS) >= 1) {
    if (inFlight(perS, heldS) < peak * EXPLAINED_MIN) return undefined;
    return `${littleWords(perS, heldS)}; ${seen}${growthWords({ perS, heldS }, pile, capturedRate(cause, scene, perS))}.`;
  }
  if (age !== undefined && age > 1) return `${littleWords(perS, age)}, by the age of the workers; ${seen}.`;
  return share >= 0.2 ? `They came ${often(perS)} and took ${percent(share)} of the worker time; ${seen}.` : undefined;
}

/** Why more were seen than the calm arithmetic gives: a host that starves takes longer for each, and loses their log lines. */
function growthWords(
  rate: { perS: number; heldS: number },
  pile: Symptom<'worker-pileup'>,
  captured: number | undefined,
): string {
  const { peak, heldS: age } = pile.measure;
  if (inFlight(rate.perS, rate.heldS) >= peak * 0.6) return '';
  const held = age !== undefined && age > rate.heldS * 1.2 ? age : undefined;
  if (held === undefined && captured === undefined)
    return '. Once the host is short of memory or time, each takes longer, and the pile grows beyond that';
  const longer = held === undefined ? '' : ` each took longer (half of the workers were older than ${duration(held)})`;
  const faster =
    captured === undefined
      ? ''
      : ` ${longer === '' ? '' : 'and '}the capture shows ${figure(captured)} a second (what is killed leaves no line in the log)`;
  const perS = captured ?? rate.perS;
  return `. Once the host was short of memory,${longer}${faster}: ${littleWords(perS, held ?? rate.heldS)}`;
}

/** Connections a second of the sources, by a capture; only where that is clearly more than the log has. */
function capturedRate(cause: Symptom<Abuse>, scene: Scene, loggedPerS: number): number | undefined {
  const ids = new Set(sourcesIn(cause));
  const peers = scene.dossier.packets?.peers.filter((peer) => ids.has(peer.address) && peer.established > 0) ?? [];
  const span = spanUnion(peers.map((peer) => ({ from: peer.first, to: peer.last })));
  if (!span || span.to - span.from < 10_000) return undefined;
  const perS = peers.reduce((sum, peer) => sum + peer.syns, 0) / ((span.to - span.from) / 1000);
  return perS > loggedPerS * 1.3 ? perS : undefined;
}

function limitReached(cause: Symptom<Abuse>, limit: number | undefined, scene: Scene): string | undefined {
  const { perS, heldS, share } = rateOf(cause, scene);
  const allowed = limit === undefined ? '' : `; ${count(limit)} are allowed`;
  if (heldS !== undefined && inFlight(perS, heldS) >= 1) return `${littleWords(perS, heldS)}${allowed}.`;
  return share >= 0.2 ? `They came ${often(perS)} and took ${percent(share)} of the worker time${allowed}.` : undefined;
}

/** Memory by arithmetic alone, where nobody counted the workers in time. */
function withoutPile(cause: Symptom<Abuse>, scene: Scene): string | undefined {
  const pile = scene.first('worker-pileup');
  const kill = scene.first('oom-kill');
  if (pile && (!kill || pile.span.from <= kill.span.from + scene.toleranceMs)) return undefined;
  const { perS, heldS } = rateOf(cause, scene);
  if (heldS === undefined || inFlight(perS, heldS) < 5) return undefined;
  return `${littleWords(perS, heldS)}. ${needWords(typicalNeed(inFlight(perS, heldS)), scene.dossier.host.memTotalKb)}. Nobody counted them in time: this is arithmetic.`;
}

function waiting(cause: Symptom<Abuse>, scene: Scene): string | undefined {
  const { share, heldS } = rateOf(cause, scene);
  if (share < 0.2) return undefined;
  const each = heldS === undefined ? '' : `, ${duration(heldS)} each`;
  return `They took ${percent(share)} of the worker time${each}; everybody else waits behind them.`;
}

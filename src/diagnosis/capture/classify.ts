// What one sender is, by what it sent. What it says of itself counts only where its deeds don't speak against it.
import type { SenderKind, SenderReason } from '../../model/capture-verdict.ts';
import { ranked, type SenderTally } from './sender.ts';

/** A person mistypes, and a program has an old password: fewer failures than this are nobody's attack. */
const REFUSED_MIN = 5;
/** As the access log is read (symptoms/login-failures.ts). */
const LOGINS_MIN = 10;
/** Nobody types a name and a password more often than once in so many seconds, five times over. */
const TYPED_SECONDS = 10;
const TYPED_MIN = 5;
/** Nobody logs in three times in one request, or as three people, but to guess. */
const AT_ONCE_MIN = 3;
const USERS_MIN = 3;
/** Genuine pingbacks come from hosts that each send one or two (symptoms/pingback-requests.ts). */
const PINGBACKS_MIN = 3;
/** Requests that do nothing, from one sender: fewer are a probe. */
const IDLE_MIN = 10;
/** Faster than any person, for so many requests. */
const RATE_MIN = 0.5;
const RATE_REQUESTS = 20;
/** Programs that work with a site call several of its methods; those that guess call one. */
const METHODS_OF_CLIENT = 3;
/** A mark can be forged: no surer than this by marks alone. */
const MARK_SURENESS = 0.8;

export interface Classified {
  readonly kind: SenderKind;
  readonly sureness: number;
  readonly reasons: readonly SenderReason[];
}

export function classify(tally: SenderTally, seconds: number): Classified {
  return guesses(tally) ?? reflects(tally) ?? idles(tally, seconds) ?? works(tally) ?? unclear(tally);
}

/** The rule of succession: k of n requests show it. */
export function sureness(shows: number, requests: number): number {
  return (Math.min(shows, requests) + 1) / (requests + 2);
}

function guesses(tally: SenderTally): Classified | undefined {
  const { logins, mostLogins, users, accepted, refused, loginRequests, loginMethods, requests } = tally;
  const works = loginMethods.size >= METHODS_OF_CLIENT && users.size <= 1;
  const letIn = (accepted ?? 0) > 0 && (refused ?? 0) < REFUSED_MIN;
  const guessing =
    (refused ?? 0) >= REFUSED_MIN ||
    (mostLogins >= AT_ONCE_MIN && !letIn) ||
    (users.size >= USERS_MIN && !letIn) ||
    (!letIn && !works && (logins >= LOGINS_MIN || tooFast(tally)));
  if (!guessing) return undefined;
  const reasons: SenderReason[] = [{ kind: 'guesses', logins, requests: loginRequests, users: users.size }];
  if (mostLogins > 1) reasons.push({ kind: 'multicall', most: mostLogins, requests: loginRequests });
  return { kind: 'passwords', sureness: sureness(loginRequests, requests), reasons: [...reasons, ...answers(tally)] };
}

function tooFast({ logins, first, last }: SenderTally): boolean {
  if (first === undefined || last === undefined || logins < TYPED_MIN) return false;
  return (last - first) / 1000 < (logins - 1) * TYPED_SECONDS;
}

function answers({ accepted, refused }: SenderTally): SenderReason[] {
  return accepted === undefined || refused === undefined || accepted + refused === 0
    ? []
    : [{ kind: 'answers', refused, accepted }];
}

function reflects(tally: SenderTally): Classified | undefined {
  const { pingbacks, pingbackRequests, victims, requests } = tally;
  if (pingbacks < PINGBACKS_MIN) return undefined;
  return {
    kind: 'reflection',
    sureness: sureness(pingbackRequests, requests),
    reasons: [{ kind: 'pingbacks', count: pingbacks, victims: ranked(victims, 5) }, ...held(tally)],
  };
}

function held({ heldMs, heldRequests }: SenderTally): SenderReason[] {
  return heldRequests > 0 ? [{ kind: 'held', seconds: heldMs / 1000, requests: heldRequests }] : [];
}

function idles(tally: SenderTally, seconds: number): Classified | undefined {
  const { idle, idleBodies, requests, marked } = tally;
  if (idle >= IDLE_MIN && idle * 2 >= requests) {
    return {
      kind: 'denial-of-service',
      sureness: sureness(idle, requests),
      reasons: [{ kind: 'no-work', requests: idle, bodies: ranked(idleBodies, 5) }, ...held(tally)],
    };
  }
  const perSecond = requests / Math.max(1, seconds);
  if (requests < RATE_REQUESTS || perSecond < RATE_MIN || marked > 0 || tally.logins > 0) return undefined;
  return {
    kind: 'denial-of-service',
    // By its rate alone it could be a program that was badly written.
    sureness: 0.5,
    reasons: [{ kind: 'rate', perSecond, requests }, ...held(tally)],
  };
}

function works(tally: SenderTally): Classified | undefined {
  const { mark, marked, requests, logins, users, loginMethods, accepted = 0, forms, pingbacks } = tally;
  if (mark) {
    const sure = accepted > 0 ? sureness(marked, requests) : Math.min(MARK_SURENESS, sureness(marked, requests));
    return { kind: 'client', sureness: sure, reasons: [{ kind: 'mark', ...mark }, ...answers(tally)] };
  }
  const [user] = users.keys();
  if (
    logins > 0 &&
    user !== undefined &&
    users.size === 1 &&
    (accepted > 0 || loginMethods.size >= METHODS_OF_CLIENT)
  ) {
    return {
      kind: 'client',
      sureness: sureness(tally.loginRequests, requests),
      reasons: [{ kind: 'one-user', user, methods: loginMethods.size }, ...answers(tally)],
    };
  }
  const reasons: SenderReason[] = [];
  if (forms > 0) reasons.push({ kind: 'forms', requests: forms });
  if (logins > 0) reasons.push({ kind: 'few-logins', logins });
  if (pingbacks > 0) reasons.push({ kind: 'pingbacks', count: pingbacks, victims: ranked(tally.victims, 5) });
  const ordinary = forms + tally.loginRequests + tally.pingbackRequests;
  if (ordinary === 0) return undefined;
  return { kind: 'visitor', sureness: sureness(ordinary, requests), reasons: [...reasons, ...answers(tally)] };
}

function unclear({ requests }: SenderTally): Classified {
  return { kind: 'unclear', sureness: 0, reasons: [{ kind: 'few', requests }] };
}

/** Senders that each do too little to be called anything, but all the same: an attack from many addresses. */
export function together(tallies: readonly SenderTally[]): ReadonlyMap<SenderTally, Classified> {
  const found = new Map<SenderTally, Classified>();
  const group = (
    kind: SenderKind,
    members: readonly SenderTally[],
    of: (tally: SenderTally) => number,
    min: number,
  ): void => {
    const sum = members.reduce((total, member) => total + of(member), 0);
    if (members.length < 3 || sum < min) return;
    for (const member of members)
      found.set(member, {
        kind,
        sureness: sureness(sum, sum),
        reasons: [{ kind: 'together', senders: members.length, count: sum }, ...answers(member)],
      });
  };
  const failed = tallies.filter(({ logins, accepted = 0, mark }) => logins > 0 && accepted === 0 && !mark);
  group('passwords', failed, ({ logins }) => logins, LOGINS_MIN);
  group(
    'reflection',
    tallies.filter(({ pingbacks }) => pingbacks > 0),
    ({ pingbacks }) => pingbacks,
    5,
  );
  group(
    'denial-of-service',
    tallies.filter(({ idle }) => idle > 0),
    ({ idle }) => idle,
    RATE_REQUESTS,
  );
  return found;
}

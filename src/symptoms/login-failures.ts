// Failed logins beyond mistyping, at wp-login and XML-RPC, passwords inside multicalls counted; and whether one was let in.
import type { Dossier } from '../model/dossier.ts';
import type { Evidence } from '../model/evidence.ts';
import { SOURCES_NAMED } from '../model/symptom.ts';
import { spanUnion } from '../model/time.ts';
import type { Detector } from './view/detector.ts';
import { eventsOf, totalOf } from './view/events.ts';
import { type SourceView, trafficView } from './view/traffic-view.ts';
import type { XmlrpcReading } from './view/xmlrpc-replies.ts';

/** Nobody mistypes a password that often. */
const GUESSES_MIN = 10;
/** From many addresses, each with a few: in all, and how many addresses. */
const SPREAD_GUESSES = 40;
const SPREAD_SOURCES = 8;
/** A source of a spread attack tries at least this often. */
const SPREAD_EACH = 2;
/** A guesser who is let in after fewer failures than this may be a person. */
const FAILED_BEFORE = 5;
/** So many people behind one address may mistype: they are let in at least as often, and load what belongs to the page. */
const MISTYPED_MAX = 50;

export const loginFailures: Detector<'login-failures'> = {
  id: 'login-failures',
  detect(dossier) {
    const view = trafficView(dossier);
    if (!view) return [];
    const tries = view.addresses
      .map((source) => ({ source, guesses: guessesOf(source), byLogin: failedLogins(source) }))
      .filter(({ guesses }) => guesses > 0);
    const single = tries.filter(({ guesses }) => guesses >= GUESSES_MIN);
    const spread = tries.filter(({ guesses }) => guesses >= SPREAD_EACH && guesses < GUESSES_MIN);
    const isSpread =
      spread.length >= SPREAD_SOURCES && spread.reduce((sum, { guesses }) => sum + guesses, 0) >= SPREAD_GUESSES;
    // One try an address: then only the sheer number tells, beyond what people mistype.
    const lone = tries.filter(({ guesses }) => guesses === 1);
    const isSwarm = lone.length >= 60 && isUniform(lone.map(({ source }) => source));
    const guessers = [...single, ...(isSpread || isSwarm ? spread : []), ...(isSwarm ? lone : [])].sort(
      (a, b) => b.guesses - a.guesses,
    );
    const span = spanUnion(guessers.map(({ source }) => source.core));
    const first = guessers[0];
    if (!span || !first) return [];
    const atLogin = guessers.reduce((sum, one) => sum + one.byLogin, 0);
    const guesses = guessers.reduce((sum, one) => sum + one.guesses, 0);
    const success = guessers.flatMap(({ source }) =>
      successOf(source, isSpread || isSwarm ? SPREAD_EACH : FAILED_BEFORE, view.reading),
    );
    return [
      {
        id: 'login-failures',
        span,
        certainty: 'observed',
        measure: {
          where: atLogin === 0 ? 'xmlrpc' : atLogin >= guesses ? 'wp-login' : 'both',
          requests: guessers.reduce((sum, { source }) => sum + source.xmlrpc.guessRequests + failedLogins(source), 0),
          guesses,
          sources: guessers.slice(0, SOURCES_NAMED).map(({ source }) => source.id),
          sourceCount: guessers.length,
          succeeded: success.length,
          successEvidence: success.flat().slice(0, 6),
        },
        evidence: [
          ...guessers.slice(0, 3).flatMap(({ source }) => source.details[0]?.examples.slice(0, 2) ?? []),
          ...pluginLines(dossier),
        ].slice(0, 6),
      },
    ];
  },
};

function failedLogins(source: SourceView): number {
  return source.details.reduce((sum, detail) => sum + detail.loginFailed, 0);
}

function guessesOf(source: SourceView): number {
  return source.xmlrpc.guesses + (isSharedByPeople(source) ? 0 : failedLogins(source));
}

function isSharedByPeople(source: SourceView): boolean {
  const failed = failedLogins(source);
  const passed = source.details.reduce((sum, detail) => sum + detail.loginPassed, 0);
  return failed >= GUESSES_MIN && failed <= MISTYPED_MAX && passed >= failed && source.behaviour.assetShare > 0;
}

/** Machines of one attack ask alike: one user agent or a few, no pages, no pictures. */
function isUniform(sources: readonly SourceView[]): boolean {
  const bare = sources.filter((source) => source.behaviour.assetShare === 0).length;
  return bare >= sources.length * 0.8;
}

/**
 * The request that shows that a guesser was let in: the login page sent it on (3xx) after it had failed, or a reply of
 * XML-RPC is neither a fault nor a failed multicall. An empty list: no sign of it.
 */
function successOf(source: SourceView, failedBefore: number, reading: XmlrpcReading): Evidence[][] {
  return source.details.flatMap((detail) => {
    if (detail.loginPassed > 0 && detail.loginFailed >= failedBefore && detail.passedLogins.length > 0) {
      return [[...detail.passedLogins.slice(0, 1), ...detail.adminRequests.slice(0, 2)]];
    }
    // A client that mostly works and mistyped now and then has more answers than faults: that is no guesser.
    const { answered, guessRequests } = source.xmlrpc;
    if (answered === 0 || guessRequests < failedBefore || answered > guessRequests * 0.2) return [];
    return [
      [...detail.xmlrpcExamples]
        .filter(([key]) => reading.meaningOf(key).kind === 'answered')
        .map(([, example]) => example)
        .slice(0, 2),
    ];
  });
}

/** What a WordPress plugin wrote to syslog of the same. */
function pluginLines(dossier: Dossier): Evidence[] {
  const lines = eventsOf(dossier, 'admin', (event) => event.what === 'web-login-failed');
  return totalOf(lines) >= GUESSES_MIN ? lines.slice(0, 2).map((event) => event.evidence) : [];
}

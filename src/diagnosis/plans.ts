// What to do: for each cause its remedies, in the order that works (docs/causes.md): stop the cause, clear the pile, start, repair, for good.
import { inNetwork } from '../model/address.ts';
import { count } from '../model/figures.ts';
import type { RemedyPlan } from '../model/remedy.ts';
import type { Cause, ChainLink, Culprit } from '../model/verdict.ts';
import { databaseLife, isDatabaseProgram } from '../symptoms/view/database.ts';
import { isWorkerProgram } from '../symptoms/view/workers.ts';
import { fittingWorkers } from './capacity.ts';
import type { Scene } from './scene.ts';

/** A first block; repeated ones are the guard's matter. */
const BLOCK_S = 6 * 3600;
/** More targets than this are no longer a matter for single blocks. */
const TARGETS_MAX = 100;
/** Above the ten connections of a browser, with room for several people behind one address. */
const CONNECTIONS_PER_ADDRESS = 30;
const LOGINS_PER_MINUTE = 10;

interface Situation {
  readonly scene: Scene;
  readonly cause: Cause;
  readonly chain: readonly ChainLink[];
  readonly culprits: readonly Culprit[];
  readonly compromised: boolean;
}

export function plansFor(situation: Situation): RemedyPlan[] {
  const plans = [
    ...(situation.compromised ? [lockOut()] : []),
    ...stopCause(situation),
    ...bringBack(situation),
    ...forGood(situation),
  ];
  return plans.filter((plan, i) => plans.findIndex((other) => JSON.stringify(other) === JSON.stringify(plan)) === i);
}

function lockOut(): RemedyPlan {
  return {
    kind: 'change-passwords',
    reason:
      'A guessed password was possibly accepted: whoever has it is inside until all sessions end and the passwords change.',
  };
}

function stopCause(of: Situation): RemedyPlan[] {
  const { scene, cause } = of;
  switch (cause) {
    case 'pingback-abuse':
      return [
        denyXmlrpc('Pingback calls hold a PHP process for seconds each; refused by the web server, they start none.'),
        ...blockCulprits(of),
      ];
    case 'login-brute-force':
      return [...blockCulprits(of), ...loginLimits(scene)];
    case 'vulnerability-scan':
    case 'request-flood':
      return [...blockCulprits(of), ...endpointLimit(of)];
    case 'distributed-flood':
      return endpointLimit(of);
    case 'aggressive-crawler': {
      const storm = scene.first('crawler-storm');
      return storm
        ? [
            {
              kind: 'limit-agent',
              agent: storm.measure.agent,
              reason: `The robot ${storm.measure.robot} says who it is and took more than the host has: slow it down by its name.`,
            },
          ]
        : [];
    }
    case 'flash-crowd':
      return [];
    case 'slow-client-attack':
      return [
        ...blockCulprits(of),
        {
          kind: 'limit-connections',
          perAddress: CONNECTIONS_PER_ADDRESS,
          reason: 'One address held far more connections than a browser opens.',
        },
        { kind: 'limit-request-time', reason: 'A request that does not come within seconds should not keep a worker.' },
      ];
    case 'syn-flood':
      return [
        {
          kind: 'enable-syn-cookies',
          reason: 'With SYN cookies the kernel keeps no state for a connection that is not finished.',
        },
      ];
    case 'memory-hog':
      return of.culprits.map((culprit) => ({
        kind: 'stop-process',
        program: culprit.id,
        reason: 'It took the memory; as long as it runs, what is started will be killed again.',
      }));
    case 'disk-full': {
      const places = scene.first('disk-full')?.measure.places ?? [];
      return [{ kind: 'free-disk', places, reason: 'Nothing that must write can go on before there is room.' }];
    }
    case 'slow-backend': {
      const peer = scene.first('backend-timeouts')?.measure.peer ?? '';
      const component = scene.first('backend-timeouts')?.measure.component;
      return [
        { kind: 'limit-backend-wait', peer, reason: 'A page should not wait for a service that does not answer.' },
        ...(component === undefined
          ? []
          : [
              {
                kind: 'disable-component',
                component,
                reason: 'It asks the service that does not answer, in every page.',
              } as const,
            ]),
      ];
    }
    case 'slow-database':
      return [
        {
          kind: 'fix-queries',
          statement: scene.first('slow-queries')?.measure.statement ?? '',
          reason: 'The statement that holds the others must end, and must not come again.',
        },
      ];
    case 'connection-limit':
      return [{ kind: 'raise-connections', reason: 'The database allows fewer connections than the workers want.' }];
    case 'database-access':
      return [
        {
          kind: 'fix-database-access',
          detail: scene.first('database-access-denied')?.measure.detail ?? '',
          reason: 'The database is up; what the site sends does not fit what the database knows.',
        },
      ];
    case 'database-wont-start':
      return [
        {
          kind: 'fix-database-start',
          detail: scene.first('database-restart-failed')?.measure.reason ?? '',
          reason: 'It will not come up before this reason is gone.',
        },
      ];
    case 'service-crashed': {
      const crash = scene.first('service-crashed');
      return crash
        ? [
            {
              kind: 'find-change',
              program: crash.measure.service,
              before: crash.span.from,
              reason:
                'A program that ran well and then falls has met something new: a package, an extension, a setting, or the data of one request.',
            },
          ]
        : [];
    }
    case 'application-error': {
      const component = scene.first('php-errors')?.measure.component;
      return component === undefined
        ? []
        : [{ kind: 'disable-component', component, reason: 'Its code fails in the pages that visitors ask for.' }];
    }
    default:
      return [];
  }
}

/** In a plan: a proxy network has more addresses than a person reads. */
const PROXIES_MAX = 32;

function blockCulprits({ scene, cause, culprits }: Situation): RemedyPlan[] {
  const targets = culprits.filter(({ kind }) => kind === 'address' || kind === 'network').map(({ id }) => id);
  if (targets.length === 0 || targets.length > TARGETS_MAX) return [];
  const proxies = scene.dossier.traffic?.proxies ?? [];
  const reason = `cause: ${cause}`;
  // Behind a proxy the firewall sees the proxy alone.
  if (
    proxies.some((proxy) => proxy.requests > 0) &&
    (scene.dossier.traffic?.whole.total.requests ?? 0) * 0.5 < proxies.reduce((sum, proxy) => sum + proxy.requests, 0)
  )
    return [
      { kind: 'deny-forwarded', targets, behind: proxies.slice(0, PROXIES_MAX).map(({ address }) => address), reason },
    ];
  const behind = targets.filter((target) => isForwarded(scene, target));
  const direct = targets.filter((target) => !behind.includes(target));
  return [
    ...(direct.length > 0 ? [{ kind: 'block', targets: direct, forSeconds: BLOCK_S, reason } as const] : []),
    ...(behind.length > 0 ? [{ kind: 'deny-forwarded', targets: behind, reason } as const] : []),
  ];
}

/**
 * Whether the web server works on requests of this address or network now that come by somebody else's connections: it has none to
 * this host, and another, who asks for nothing himself, has about as many as there are requests. So a proxy forwards them, and the
 * web server takes the address from a header.
 */
function isForwarded({ dossier }: Scene, target: string): boolean {
  const isOf = (address: string): boolean => address === target || inNetwork(address, target);
  const moments = dossier.samples.flatMap(({ inFlight = [], connections = [] }) => {
    const clients = inFlight.flatMap(({ seenBy, client }) =>
      SERVED.has(seenBy) && client !== undefined ? client : [],
    );
    if (!clients.some(isOf)) return [];
    const peers = new Map<string, number>();
    for (const { peer, peerPort = EPHEMERAL, count: open } of connections)
      if (peerPort >= EPHEMERAL) peers.set(peer, (peers.get(peer) ?? 0) + open);
    const carries = [...peers].some(([peer, open]) => !clients.includes(peer) && open >= clients.length / 2);
    return [{ carries, direct: [...peers.keys()].some(isOf) }];
  });
  return moments.some(({ carries }) => carries) && !moments.some(({ direct }) => direct);
}

/** A lower port on the other side is that of a server which this host has called. */
const EPHEMERAL = 1024;

/** Who tells the address that the web server goes by; a socket tells who is at its other end. */
const SERVED: ReadonlySet<string> = new Set(['cgi', 'apache']);

function denyXmlrpc(reason: string): RemedyPlan {
  return { kind: 'deny-endpoint', path: '/xmlrpc.php', except: [], reason };
}

function loginLimits(scene: Scene): RemedyPlan[] {
  const where = scene.first('login-failures')?.measure.where;
  const plans: RemedyPlan[] = [];
  if (where === 'xmlrpc' || where === 'both')
    plans.push(denyXmlrpc('One XML-RPC request can hold hundreds of guesses, and few sites need it.'));
  if (where === 'wp-login' || where === 'both') {
    plans.push({
      kind: 'limit-endpoint',
      path: '/wp-login.php',
      perMinute: LOGINS_PER_MINUTE,
      reason: 'A person logs in a few times a minute at most.',
    });
  }
  return plans;
}

/** The endpoint that was asked for, limited to somewhat more than what one of its other visitors needs. */
function endpointLimit({ scene }: Situation): RemedyPlan[] {
  const flood = scene.first('request-flood')?.measure;
  if (!flood || flood.endpoint === '' || flood.endpointShare < 0.5) return [];
  const path = flood.endpoint.slice(flood.endpoint.indexOf(' ') + 1).replace(/\?.*$/, '');
  if (path === '/' || path === '') return [];
  return [
    {
      kind: 'limit-endpoint',
      path,
      perMinute: 60,
      reason: `${Math.round(flood.endpointShare * 100)} % of these requests were for it.`,
    },
  ];
}

/** Restart what is piled up, start what is down, repair what was left open. */
function bringBack({ scene, cause, chain }: Situation): RemedyPlan[] {
  const inChain = new Set(chain.map(({ symptom }) => symptom.id));
  const plans: RemedyPlan[] = [];
  if (inChain.has('worker-pileup') || inChain.has('worker-limit-reached')) {
    plans.push({
      kind: 'restart-web',
      reason: 'The pile and the queue would be worked off for minutes; a restart clears both.',
    });
  }
  const service = databaseDownAtEnd(scene);
  if (service !== undefined && cause !== 'database-wont-start')
    plans.push({ kind: 'start-service', service, reason: 'It was down when the record ended.' });
  if (cause === 'service-stopped' && service === undefined)
    plans.push({
      kind: 'start-service',
      service: stoppedService(scene),
      reason: 'It was stopped, and nothing says that it was started again.',
    });
  const tables = scene.first('tables-crashed')?.measure.tables;
  if (tables) plans.push({ kind: 'repair-tables', tables, reason: 'They were open when the database died.' });
  return plans;
}

function databaseDownAtEnd(scene: Scene): string | undefined {
  const last = databaseLife(scene.dossier).at(-1);
  if (last?.is !== 'down') return undefined;
  return isDatabaseProgram(last.service) || last.service === 'mysqld' ? 'mariadb' : last.service;
}

function stoppedService(scene: Scene): string {
  const stop = scene.dossier.events.findLast(
    (event) =>
      event.kind === 'unit' && event.role !== 'other' && (event.change === 'stopping' || event.change === 'stopped'),
  );
  if (stop?.kind === 'unit') return stop.unit;
  const web = scene.dossier.events.findLast((event) => event.kind === 'web' && event.what === 'stopping');
  return web?.kind === 'web' && web.server === 'nginx' ? 'nginx' : 'apache2';
}

/** So that it does not come again: a number of workers that fits, and a database that is not the first to go. */
function forGood({ scene, chain }: Situation): RemedyPlan[] {
  const inChain = new Set(chain.map(({ symptom }) => symptom.id));
  if (!inChain.has('memory-exhausted') && !inChain.has('oom-kill') && !inChain.has('swap-thrash')) return [];
  const plans: RemedyPlan[] = [];
  const pile = scene.first('worker-pileup');
  const fit = fittingWorkers(scene.dossier, pile?.measure, isWorkerProgram);
  if (fit && pile && fit.workers < pile.measure.peak) {
    plans.push({
      kind: 'limit-workers',
      program: pile.measure.program,
      workers: fit.workers,
      reason: `So many fit the memory: ${fit.words}. ${count(pile.measure.peak)} ran.`,
    });
  }
  const killed = scene.first('database-killed');
  if (killed)
    plans.push({
      kind: 'protect-database',
      service: isDatabaseProgram(killed.measure.service) ? 'mariadb' : killed.measure.service,
      reason: 'It is the largest process, so the kernel takes it first, whoever asked for the memory.',
    });
  return plans;
}

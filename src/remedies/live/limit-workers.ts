// Fits the number of workers of this host to its memory: PHP-FPM's pools, or Apache itself where PHP runs in or under it.
import { type ApacheDirective, lastOf } from '../../config/apache.ts';
import type { LiveRemedy, Prepared, Proof, Refusal } from '../../model/act.ts';
import type { HostReader } from '../../model/host.ts';
import { apacheWorkerLines, WORKERS_NAME } from '../limit-workers.ts';
import { ownFile, takenOver } from './changes.ts';
import { type Fpm, findFpm, type Pool } from './php.ts';
import { familyOf, processesOf } from './processes.ts';
import { brokenAlready, noFolder } from './refusals.ts';
import { findApache } from './web/apache.ts';
import { sitesToAsk } from './web/proof.ts';
import type { Apache } from './web/server.ts';

export const limitWorkersLive: LiveRemedy<'limit-workers'> = {
  kind: 'limit-workers',

  async prepare(plan, host): Promise<Prepared | Refusal> {
    const workers = Math.floor(plan.workers);
    if (!(workers >= 1 && workers <= 10_000))
      return { refused: `Not limited: ${plan.workers} is no number of workers.` };
    if (plan.program.startsWith('php-fpm')) {
      const fpm = fpmOf(await findFpm(host), plan.program);
      return fpm === undefined
        ? { refused: 'Not limited: PHP-FPM was not found on this host.' }
        : limitFpm(host, fpm, workers);
    }
    const apache = await findApache(host);
    return apache === undefined
      ? {
          refused:
            'Not limited: neither PHP-FPM nor Apache runs the workers here. Set the limit in the configuration of their program.',
        }
      : limitApache(host, apache, workers, plan.program);
  },

  async verify(plan, _done, host) {
    const workers = Math.floor(plan.workers);
    if (plan.program.startsWith('php-fpm')) {
      const fpm = fpmOf(await findFpm(host), plan.program);
      return fpm === undefined ? [{ ok: false, text: 'PHP-FPM is gone.' }] : [await proveFpm(host, fpm, workers)];
    }
    const apache = await findApache(host);
    return apache === undefined ? [{ ok: false, text: 'Apache is gone.' }] : [await proveApache(host, apache, workers)];
  },
};

function fpmOf(fpms: readonly Fpm[], program: string): Fpm | undefined {
  return fpms.find((fpm) => fpm.program.endsWith(`/${program}`)) ?? fpms[0];
}

/** The figure shared out among pools as they share the present one, and at least one each. */
export function shares(pools: readonly Pool[], workers: number): ReadonlyMap<string, number> {
  const sum = pools.reduce((all, { maxChildren }) => all + maxChildren, 0);
  const shared = new Map(
    pools.map(({ name, maxChildren }) => [name, Math.max(1, Math.floor((workers * maxChildren) / Math.max(1, sum)))]),
  );
  let rest = workers - [...shared.values()].reduce((all, one) => all + one, 0);
  for (const { name, maxChildren } of pools.toSorted((a, b) => b.maxChildren - a.maxChildren)) {
    const now = shared.get(name) ?? 1;
    if (rest <= 0 || now >= maxChildren) continue;
    shared.set(name, now + 1);
    rest--;
  }
  return shared;
}

function limitFpm(host: HostReader, fpm: Fpm, workers: number): Prepared | Refusal {
  const broken = brokenAlready('Not limited', fpm);
  if (broken) return broken;
  if (fpm.folder === undefined || fpm.pools.length === 0)
    return { refused: `Not limited: the pools of ${fpm.service.name} were not found, nor the folder of their files.` };
  const sum = fpm.pools.reduce((all, { maxChildren }) => all + maxChildren, 0);
  if (sum <= workers)
    return {
      title: `Leave ${fpm.service.name} as it is: its pools run at most ${sum} workers together`,
      changes: [],
      notes: [],
    };
  const shared = shares(fpm.pools, workers);
  // static: PHP-FPM refuses to start when the spare servers of `dynamic` are more than pm.max_children, and `ondemand` starts workers
  // late in a rush (measured: one in place of two).
  const lines = [...shared].flatMap(([name, children]) => [
    `[${name}]`,
    'pm = static',
    `pm.max_children = ${children}`,
  ]);
  // A later file of the same pool wins, and z comes last.
  const change = ownFile(host, `${fpm.folder}/zz-${WORKERS_NAME}.conf`, lines, ';');
  return {
    title: `Let ${fpm.service.name} run at most ${workers} workers (${[...shared].map(([name, children]) => `${name} ${children}`).join(', ')}) in place of ${sum}`,
    changes: change === undefined ? [] : [change, ...takenOver(fpm)],
    notes: [
      'Visitors beyond that wait for their turn, in place of the kernel killing the database.',
      ...(shared.size > workers
        ? [`There are ${shared.size} pools, and each needs a worker: it is ${shared.size} in all.`]
        : []),
    ],
  };
}

async function proveFpm(host: HostReader, { service, pools, main, broken }: Fpm, workers: number): Promise<Proof> {
  const sum = pools.reduce((all, { maxChildren }) => all + maxChildren, 0);
  const most = Math.max(workers, pools.length);
  if (broken !== undefined) return { ok: false, text: `The configuration of ${service.name} is broken: ${broken}` };
  const running = main === undefined ? 0 : await settled(host, most, () => familyOf(main, processesOf(host)).length);
  return {
    ok: sum <= most && running <= most,
    ...tooManyYet(sum <= most && running > most),
    text: `${service.name} runs at most ${sum} workers (pm.max_children of ${pools.length === 1 ? 'its pool' : `${pools.length} pools`}); ${running} now.`,
  };
}

/** The limit is right, but those of before are still at work: a restart ends them. */
function tooManyYet(are: boolean): Pick<Proof, 'mendedBy'> {
  return are ? { mendedBy: 'restart-web' } : {};
}

function limitApache(host: HostReader, apache: Apache, workers: number, program: string): Prepared | Refusal {
  const broken = brokenAlready('Not limited', apache);
  if (broken) return broken;
  if (apache.folder === undefined) return noFolder('Not limited', apache.mainFile);
  const now = limitOf(apache);
  if (now !== undefined && now <= workers)
    return {
      title: `Leave ${apache.service.name} as it is: it serves at most ${now} requests at once`,
      changes: [],
      notes: [],
    };
  const file = `${apache.folder}/${WORKERS_NAME}.conf`;
  const change = ownFile(host, file, apacheWorkerLines(workers, program));
  const cgi = program.startsWith('php-cgi');
  return {
    title: `Let ${apache.service.name} serve at most ${workers} requests at once in place of ${now ?? 'its default'}`,
    changes: change === undefined ? [] : [change, ...takenOver(apache)],
    notes: [
      'Visitors beyond that wait for their turn, in place of the kernel killing the database. Pictures and styles count too.',
      'The queue is made shorter as well, so that who waits is served before he gives up; its length counts from a restart on, also when it is undone.',
      ...(cgi && !apache.modules.has('fcgid_module')
        ? ['Each request for PHP starts a php-cgi, which has no limit of its own: the limit of Apache is that of PHP.']
        : []),
    ],
  };
}

/** MaxRequestWorkers as configured, by its old name too; `undefined` where Apache's own default holds. */
function limitOf({ tree }: Pick<Apache, 'tree'>): number | undefined {
  const [a, b] = [at(tree.directives, 'MaxRequestWorkers'), at(tree.directives, 'MaxClients')];
  const last = a.index > b.index ? a.one : b.one;
  const figure = Number(last?.args[0]);
  return Number.isInteger(figure) && figure > 0 ? figure : undefined;
}

function at(directives: readonly ApacheDirective[], name: string): { one: ApacheDirective | undefined; index: number } {
  const one = lastOf(directives, name);
  return { one, index: one ? directives.indexOf(one) : -1 };
}

async function proveApache(host: HostReader, apache: Apache, workers: number): Promise<Proof> {
  const now = limitOf(apache);
  const perChild = Number(lastOf(apache.tree.directives, 'ThreadsPerChild')?.args[0] ?? 25);
  const most = apache.mpm === 'prefork' ? workers : Math.max(1, Math.ceil(workers / perChild));
  const { main } = apache;
  // Children of before the reload finish what they are at; an idle one may wait for one more request before it sees that it must go.
  const site = sitesToAsk(apache)[0];
  const nudge = async (): Promise<void> => {
    if (site)
      await host.ask({
        address: site.address,
        port: site.port,
        tls: site.tls,
        host: site.name,
        path: '/',
        method: 'HEAD',
        timeoutMs: 1000,
      });
  };
  const running = main === undefined ? 0 : await settled(host, most, () => workersOf(host, apache), nudge);
  const what = apache.mpm === 'prefork' ? 'processes' : `processes of ${perChild} threads`;
  const isSet = now !== undefined && now <= workers;
  return {
    ok: isSet && running <= most,
    ...tooManyYet(isSet && running > most),
    text: `${apache.service.name} serves at most ${now ?? 'an unknown number of'} requests at once (MaxRequestWorkers in ${lastOf(apache.tree.directives, 'MaxRequestWorkers')?.file ?? 'no file'}); ${running} worker ${what} now.`,
  };
}

/**
 * Children of the main process; of a threaded Apache those with many threads. mod_fcgid and mod_cgid each keep a process of their own
 * among them, which serves nobody, and has one thread.
 */
function workersOf(host: HostReader, { main, mpm, modules }: Apache): number {
  if (main === undefined) return 0;
  const children = processesOf(host).filter(({ ppid, name }) => ppid === main.pid && name === main.name);
  const helpers = ['fcgid_module', 'cgid_module'].filter((name) => modules.has(name)).length;
  return mpm === 'prefork'
    ? Math.max(0, children.length - helpers)
    : children.filter(({ pid }) => threadsOf(host, pid) > 2).length;
}

function threadsOf(host: HostReader, pid: number): number {
  return Number(/^Threads:\s+(\d+)/m.exec(host.readText(`/proc/${pid}/status`, 8192) ?? '')?.[1] ?? 0);
}

const PATIENCE_MS = 10_000;

async function settled(
  host: HostReader,
  most: number,
  count: () => number,
  nudge?: () => Promise<void>,
): Promise<number> {
  const end = host.now() + PATIENCE_MS;
  for (;;) {
    const now = count();
    if (now <= most || host.now() >= end) return now;
    await nudge?.();
    await host.sleep(300);
  }
}

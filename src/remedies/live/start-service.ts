// Starts a service that is down on this host: what would keep it from staying up is looked at first.
import type { Change, LiveRemedy, Prepared, Proof, Refusal } from '../../model/act.ts';
import { kilobytes } from '../../model/figures.ts';
import type { HostReader } from '../../model/host.ts';
import { answers, type Database, findDatabase } from './database/database.ts';
import { copiesOf } from './database/keep.ts';
import { needOf } from './database/need.ts';
import { tableFiles } from './database/table-files.ts';
import { freeMemory } from './memory.ts';
import { findFpm } from './php.ts';
import { findWebServers } from './web/index.ts';
import { proveOpen } from './web/proof.ts';

const DATABASE = /^(?:mariadb|mysqld?|percona)/;
const WEB = /^(?:apache2?|httpd|nginx)/;
const PHP = /^php/;

export const startServiceLive: LiveRemedy<'start-service'> = {
  kind: 'start-service',

  async prepare(plan, host): Promise<Prepared | Refusal> {
    const name = plan.service.replace(/\.service$/, '');
    if (DATABASE.test(name)) return prepareDatabase(host);
    if (PHP.test(name)) return preparePhp(host, name);
    if (WEB.test(name)) return prepareWeb(host, name);
    return {
      refused: `Not started: ${name.replace(/[^\w.@-]/g, '?').slice(0, 60)} is no web server, PHP-FPM or database that is known here.`,
    };
  },

  async verify(plan, _done, host) {
    const name = plan.service.replace(/\.service$/, '');
    if (DATABASE.test(name)) return [await proveDatabase(host)];
    if (PHP.test(name)) {
      const fpm = (await findFpm(host)).find(({ service }) => service.name === name) ?? (await findFpm(host))[0];
      return [
        {
          ok: fpm?.main !== undefined,
          text: fpm?.main ? `${fpm.service.name} runs (process ${fpm.main.pid}).` : `${name} does not run.`,
        },
      ];
    }
    const server = (await findWebServers(host)).find(({ main }) => main !== undefined);
    return server ? proveOpen(host, server) : [{ ok: false, text: `${name} does not run.` }];
  },
};

async function prepareDatabase(host: HostReader): Promise<Prepared | Refusal> {
  const database = await findDatabase(host);
  if (database === undefined) return { refused: 'Not started: no MariaDB or MySQL server is installed on this host.' };
  if (database.main !== undefined) {
    const well = await answers(host, database);
    return {
      refused: `Not started: ${database.product} runs already (process ${database.main.pid})${well ? ' and answers' : ', but does not answer: it may still be recovering'}.`,
    };
  }
  const memory = freeMemory(host);
  const need = needOf(database);
  if (memory !== undefined && memory.freeKb < need.startKb)
    return {
      refused: `Not started: ${kilobytes(memory.freeKb)} of memory are free (${memory.by}), and ${database.product} takes about ${kilobytes(need.startKb)} to start: it would be killed again. Clear the pile of workers first: seawall quiet`,
    };
  const { tables, odd } = tableFiles(host, database.dataFolder);
  const unclosed = tables.filter((table) => table.unclosed);
  const copies =
    unclosed.length === 0
      ? undefined
      : await copiesOf(
          host,
          unclosed.flatMap(({ files }) => files),
        );
  if (copies !== undefined && 'refused' in copies) return { refused: `Not started: ${copies.refused}` };
  const start: Change = { kind: 'service', service: database.service, verb: 'start', was: 'stopped' };
  return {
    title: `Start ${database.service.name}${unclosed.length === 0 ? '' : `, with ${tablesOf(unclosed.length)} that ${unclosed.length === 1 ? 'was' : 'were'} not closed copied aside first`}`,
    changes: [...(copies ? [copies.change] : []), start],
    notes: [
      ...memoryNotes(need, memory),
      ...(copies === undefined
        ? []
        : [
            `The copies (${kilobytes(copies.kb)}) stay in ${copies.to}: the server may repair such tables by itself when it first opens them.`,
          ]),
      ...(odd > 0 ? [`${tablesOf(odd)} with odd names could not be looked at and are not copied.`] : []),
    ],
  };
}

function memoryNotes({ fullKb, poolKb }: ReturnType<typeof needOf>, memory: ReturnType<typeof freeMemory>): string[] {
  if (memory === undefined) return ['How much memory is free could not be read.'];
  if (memory.freeKb >= fullKb) return [];
  return [
    `${kilobytes(memory.freeKb)} of memory are free (${memory.by}): enough to start, not enough for when its buffer pool (${kilobytes(poolKb)}) has filled.`,
  ];
}

function tablesOf(count: number): string {
  return count === 1 ? '1 table' : `${count} tables`;
}

/** Crash recovery takes minutes on a large database; it is waited for while the process is there. */
const RECOVERY_MS = 900_000;
const LOOK_MS = 500;

async function proveDatabase(host: HostReader): Promise<Proof> {
  const begin = host.now();
  for (;;) {
    const database = await findDatabase(host);
    const seconds = Math.round((host.now() - begin) / 1000);
    if (database?.main === undefined)
      return { ok: false, text: `The database does not run. ${lastErrors(host, database)}`.trim() };
    const well = await answers(host, database);
    if (well || host.now() - begin > RECOVERY_MS) {
      const state = well ? 'answers' : `does not answer after ${seconds} s`;
      return {
        ok: well,
        text: `${database.product} ${database.version} runs (process ${database.main.pid}) and ${state}.`,
      };
    }
    await host.sleep(LOOK_MS);
  }
}

/** The last errors of its own log: what it says itself is the best that can be told. */
function lastErrors(host: HostReader, database: Database | undefined): string {
  if (database?.errorLog === undefined) return '';
  const lines = (host.readText(database.errorLog, 8 << 20) ?? '')
    .split('\n')
    .filter((line) => line.includes('[ERROR]'));
  const last = lines
    .at(-1)
    ?.replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 300);
  return last === undefined ? '' : `Its log (${database.errorLog}) says: ${last}`;
}

async function prepareWeb(host: HostReader, name: string): Promise<Prepared | Refusal> {
  const servers = await findWebServers(host);
  const wanted = servers.find(({ kind }) => (kind === 'nginx') === name.startsWith('nginx'));
  if (wanted === undefined)
    return { refused: `Not started: no ${name.startsWith('nginx') ? 'nginx' : 'Apache'} was found on this host.` };
  if (wanted.main !== undefined)
    return { refused: `Not started: ${wanted.service.name} runs already (process ${wanted.main.pid}).` };
  if (wanted.broken !== undefined)
    return {
      refused: `Not started: the configuration of ${wanted.service.name} is broken (${wanted.broken}). Mend it first.`,
    };
  return started(wanted.service);
}

async function preparePhp(host: HostReader, name: string): Promise<Prepared | Refusal> {
  const fpms = await findFpm(host);
  const fpm = fpms.find(({ service }) => service.name === name) ?? fpms[0];
  if (fpm === undefined) return { refused: 'Not started: PHP-FPM was not found on this host.' };
  if (fpm.main !== undefined)
    return { refused: `Not started: ${fpm.service.name} runs already (process ${fpm.main.pid}).` };
  if (fpm.broken !== undefined)
    return {
      refused: `Not started: the configuration of ${fpm.service.name} is broken (${fpm.broken}). Mend it first.`,
    };
  return started(fpm.service);
}

function started(service: Database['service']): Prepared {
  return {
    title: `Start ${service.name}`,
    changes: [{ kind: 'service', service, verb: 'start', was: 'stopped' }],
    notes: [],
  };
}

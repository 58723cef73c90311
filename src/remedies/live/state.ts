// How the services of this host stand now: what is down, what is needed for what, and what was left open.
import type { HostReader } from '../../model/host.ts';
import { answers, type Database, findDatabase } from './database/database.ts';
import { type TableFile, tableFiles } from './database/table-files.ts';
import { type Fpm, findFpm } from './php.ts';
import { findWebServers } from './web/index.ts';
import type { WebServer } from './web/server.ts';

export interface ServicesState {
  readonly database?: Database;
  readonly databaseAnswers: boolean;
  /** Tables that were not closed, while the database is down: their headers tell nothing while it works on them. */
  readonly unclosed: readonly TableFile[];
  /** Those that run, or else all that are installed. */
  readonly webServers: readonly WebServer[];
  /** That a web server's configuration hands requests to. */
  readonly fpms: readonly Fpm[];
}

export async function servicesState(host: HostReader): Promise<ServicesState> {
  const database = await findDatabase(host);
  const databaseAnswers = database?.main !== undefined && (await answers(host, database));
  const found = await findWebServers(host);
  const running = found.filter(({ main }) => main !== undefined);
  const webServers = running.length > 0 ? running : found;
  const fpms = await findFpm(host);
  return {
    ...(database && { database }),
    databaseAnswers,
    unclosed:
      database === undefined || database.main !== undefined
        ? []
        : tableFiles(host, database.dataFolder).tables.filter(({ unclosed }) => unclosed),
    webServers,
    fpms: fpms.filter(({ pools }) =>
      pools.some(({ listen }) => listen !== '' && webServers.some(({ tree }) => names(tree.directives, listen))),
    ),
  };
}

interface Directive {
  readonly args: readonly string[];
  readonly inner?: readonly Directive[];
}

function names(directives: readonly Directive[], text: string): boolean {
  return directives.some(
    ({ args, inner }) => args.some((one) => one.includes(text)) || (inner !== undefined && names(inner, text)),
  );
}

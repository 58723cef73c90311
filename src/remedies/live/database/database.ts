// Finds the database server of this host, MariaDB or MySQL: its settings, how it is run, and a way in for the administrator.
import { DATABASE_SOCKETS, type DatabaseOptions, databaseConfig, optionsIn } from '../../../config/database.ts';
import type { Service } from '../../../model/act.ts';
import type { Argv, HostReader, ProgramResult } from '../../../model/host.ts';
import { type Manager, managerOf, verbsOf } from '../manager.ts';
import { type LiveProcess, mainProcess, processesOf } from '../processes.ts';

export interface Database {
  readonly service: Service;
  readonly manager: Manager;
  readonly product: 'MariaDB' | 'MySQL';
  /** "10.11.19" */
  readonly version: string;
  /** Its main process, when it runs. */
  readonly main?: LiveProcess;
  /** As its files give them. */
  readonly settings: DatabaseOptions;
  readonly dataFolder: string;
  readonly socket?: string;
  /** Where its error log is; absent where it goes to the journal. */
  readonly errorLog?: string;
  readonly tools: Tools;
}

/** Programs with the arguments that get the administrator in. */
export interface Tools {
  readonly client: Argv;
  readonly admin: Argv;
}

const SERVERS: readonly Argv[] = [
  ['mariadbd', '--version'],
  ['/usr/libexec/mariadbd', '--version'],
  ['mysqld', '--version'],
  ['/usr/libexec/mysqld', '--version'],
];
const PROCESS_NAMES = ['mariadbd', 'mysqld'];
const SERVICES = ['mariadb', 'mysql', 'mysqld'];
/** Debian's packages keep a way in for their own scripts here; MySQL's password stands in it. */
const DEBIAN_ACCESS = '/etc/mysql/debian.cnf';

/** @returns `undefined` when no database server is installed on this host. */
export async function findDatabase(host: HostReader): Promise<Database | undefined> {
  for (const argv of SERVERS) {
    const about = await host.run(argv);
    const version = /Ver\s+(\d+\.\d+\.\d+)/.exec(about.stdout)?.[1];
    if (about.failure === undefined && version !== undefined)
      return look(host, argv[0], version, /mariadb/i.test(about.stdout) ? 'MariaDB' : 'MySQL');
  }
  return undefined;
}

async function look(
  host: HostReader,
  program: string,
  version: string,
  product: Database['product'],
): Promise<Database> {
  const settings = settingsOf((await host.run([program, '--print-defaults'])).stdout);
  const { dataFolder, pidFile, errorLog, ...told } = databaseConfig(settings);
  const socket = told.socket ?? knownSocket(host);
  const main = mainProcess(host, PROCESS_NAMES, pidFile, processesOf(host));
  const manager = await managerOf(host, SERVICES);
  const tools = await toolsOf(host, product, socket, main !== undefined);
  return {
    service: {
      name:
        manager.by === 'systemd' ? manager.unit.replace(/\.service$/, '') : product === 'MariaDB' ? 'mariadb' : 'mysql',
      role: 'database',
      ...verbsFor(host, manager, product, tools),
      ...(pidFile !== undefined && { pidFile }),
    },
    manager,
    product,
    version,
    ...(main && { main }),
    settings,
    dataFolder,
    ...(socket !== undefined && { socket }),
    ...(errorLog !== undefined && { errorLog }),
    tools,
  };
}

/** Debian's init script gives up after 30 s, and calls a database that is still recovering a failure. */
const PATIENCE = 'MYSQLD_STARTUP_TIMEOUT=900';

function verbsFor(
  host: HostReader,
  manager: Manager,
  product: Database['product'],
  tools: Tools,
): Pick<Service, 'start' | 'stop'> {
  const safe =
    product === 'MariaDB' && host.list('/usr/bin')?.includes('mariadbd-safe') ? 'mariadbd-safe' : 'mysqld_safe';
  const apart: Argv = host.list('/sbin')?.includes('start-stop-daemon')
    ? ['start-stop-daemon', '--start', '--background', '--exec', `/usr/bin/${safe}`]
    : ['setsid', '--fork', `/usr/bin/${safe}`];
  const verbs = verbsOf(manager, { start: apart, stop: [...tools.admin, 'shutdown'] });
  return manager.by === 'init' ? { ...verbs, start: ['env', PATIENCE, ...verbs.start] } : verbs;
}

/** What `--print-defaults` prints: all on one line, after one of prose. */
export function settingsOf(printed: string): DatabaseOptions {
  return optionsIn(printed.split('\n').findLast((one) => one.trimStart().startsWith('--')) ?? '');
}

function knownSocket(host: HostReader): string | undefined {
  return DATABASE_SOCKETS.find((path) => {
    const at = path.lastIndexOf('/');
    return host.list(path.slice(0, at))?.includes(path.slice(at + 1)) === true;
  });
}

/** MariaDB 11 knows only its own names; MySQL and old MariaDB only the others. */
async function toolsOf(
  host: HostReader,
  product: Database['product'],
  socket: string | undefined,
  alive: boolean,
): Promise<Tools> {
  const own = product === 'MariaDB' && (await host.run(['mariadb', '--version'])).failure !== 'missing';
  const names = own ? (['mariadb', 'mariadb-admin'] as const) : (['mysql', 'mysqladmin'] as const);
  const at = socket === undefined ? [] : [`--socket=${socket}`];
  // An option file must be named first.
  const ways: readonly (readonly string[])[] = [at, [`--defaults-file=${DEBIAN_ACCESS}`, ...at]];
  let way: readonly string[] = at;
  if (alive) {
    for (const one of ways) {
      const tried = await host.run([names[0], ...one, ...QUIETLY, '-e', 'SELECT 1'], { timeoutMs: 5000 });
      if (tried.code === 0) {
        way = one;
        break;
      }
    }
  } else if ((host.list('/etc/mysql') ?? []).includes('debian.cnf')) way = ways[1] ?? at;
  return { client: [names[0], ...way], admin: [names[1], ...way] };
}

/** Rows only, columns apart by tabs, the odd characters in them escaped, and no reading of the names of all tables first. */
const QUIETLY = ['--skip-column-names', '--batch', '--skip-auto-rehash'];

/** One statement or several, of our own making: names in it are quoted by `quoted`. */
export function query(host: HostReader, { tools }: Database, sql: string, timeoutMs = 30_000): Promise<ProgramResult> {
  return host.run([...tools.client, ...QUIETLY, '-e', sql], { timeoutMs, outputMax: 8 << 20 });
}

/** Rows of a result as the client prints them with --batch: tab, newline, backslash and NUL escaped. */
export function rowsOf(output: string): string[][] {
  const lines = output.split('\n').filter((line) => line !== '');
  const plain: Readonly<Record<string, string>> = { n: '\n', t: '\t', '0': '\0', '\\': '\\' };
  return lines.map((line) =>
    line.split('\t').map((cell) => cell.replace(/\\([nt0\\])/g, (_, one: string) => plain[one] ?? one)),
  );
}

/** An identifier (identifiers may hold anything but NUL): in backticks, those within doubled. */
export function quoted(...names: readonly string[]): string {
  return names.map((name) => `\`${name.replace(/`/g, '``')}\``).join('.');
}

/** Whether it answers at all, to whomever: mysqladmin(1) counts a refused login as an answer. */
export async function answers(host: HostReader, { tools }: Database): Promise<boolean> {
  const asked = await host.run([...tools.admin, '--connect-timeout=3', 'ping'], { timeoutMs: 5000 });
  return asked.code === 0 && /alive/.test(asked.stdout);
}

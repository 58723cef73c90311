// Is the database there, and how busy? Asked over its own socket, without starting a client.
import { DATABASE_SOCKETS, type DatabaseConfig } from '../../config/database.ts';
import type { DatabaseState } from '../../model/sample.ts';
import { known } from './memory.ts';
import { databaseTalk } from './mysql.ts';
import type { Sight } from './sight.ts';

const TIMEOUT_MS = 1500;
const QUERIES = [
  "SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_connected','Threads_running','Max_used_connections','Aborted_connects')",
  "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('max_connections')",
];
/** A refusal is an answer: too many connections, blocked host, refused user. */
const REFUSED_LOGIN = new Set([1045, 1130, 1698, 1251]);

/** `undefined` when it could not be told: it may be on another host. */
export type Pulse = () => Promise<DatabaseState | undefined>;

/** `expected`: the sites say that it is on this host, so that its absence is news. */
export function databasePulse(
  sight: Sight,
  database: DatabaseConfig & { readonly running: boolean },
  expected: boolean,
): Pulse {
  const sockets = [...new Set([database.socket ?? DATABASE_SOCKETS[0], ...DATABASE_SOCKETS])];
  // Only root is known to the database by its name alone; a refused login would stand in its log.
  let user = process.getuid?.() === 0 ? 'root' : '';
  let door: string | undefined;
  return async () => {
    for (const path of door === undefined ? sockets : [door]) {
      const talk = databaseTalk(user, QUERIES);
      const greetingOnly = (bytes: Uint8Array): boolean | Uint8Array => {
        const next = talk.next(bytes);
        return user === '' && talk.greeted() ? true : next;
      };
      await sight.host.converse({ door: { path }, isWhole: greetingOnly, timeoutMs: TIMEOUT_MS });
      if (!talk.greeted()) continue;
      door = path;
      const error = talk.error();
      if (error && REFUSED_LOGIN.has(error.code)) user = '';
      if (user === '')
        sight.hidden(
          'How busy the database is: it lets nobody in here without a password.',
          'mysql -e "SHOW GLOBAL STATUS LIKE \'Threads%\'"',
        );
      return { alive: true, ...figuresOf(talk.figures) };
    }
    // A process that does not answer in time is another trouble than none at all.
    if (database.running || expected) return { alive: false };
    return undefined;
  };
}

function figuresOf(figures: ReadonlyMap<string, string>): Partial<DatabaseState> {
  const figure = (name: string): number | undefined => {
    const text = figures.get(name);
    return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  };
  return known({
    threadsConnected: figure('Threads_connected'),
    threadsRunning: figure('Threads_running'),
    maxUsedConnections: figure('Max_used_connections'),
    maxConnections: figure('max_connections'),
    abortedConnects: figure('Aborted_connects'),
  });
}

/** Whether the sites' WordPress settings name a database on this host; `undefined` when none was found. */
export function databaseIsLocal(sight: Sight, roots: readonly string[]): boolean | undefined {
  const files = [
    ...roots.flatMap((root) => [`${root}/wp-config.php`, `${root.replace(/\/[^/]*$/, '')}/wp-config.php`]),
    ...sight.names('/etc/wordpress').flatMap((name) => (name.endsWith('.php') ? [`/etc/wordpress/${name}`] : [])),
  ];
  const hosts = [...new Set(files)].flatMap((path) => {
    const text = sight.text(path, 65_536) ?? '';
    return /^\s*define\(\s*['"]DB_HOST['"]\s*,\s*['"]([^'"]{0,200})['"]/m.exec(text)?.[1] ?? [];
  });
  if (hosts.length === 0) return undefined;
  return hosts.some((host) => /^(?:localhost|127\.|\[?::1|\/|:)/.test(host));
}

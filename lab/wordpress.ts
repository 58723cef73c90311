// The site: WordPress and its database, installed once, kept as an archive, and unpacked for each lab in a moment.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN, SERVER } from './addresses.ts';
import { mustRun, mustRunOnMachine } from './inside.ts';
import { putFiles } from './put-files.ts';
import type { LabState } from './state.ts';
import type { InsideFile } from './web.ts';

const POSTS = 12;
const DATABASE = { name: 'wordpress', user: 'wordpress', password: 'lab-only' } as const;
/** Only root may write there, so that nobody puts an archive of his own in its place. */
const CACHE = '/var/cache/seawall-lab';

const FILES: readonly InsideFile[] = [
  {
    path: '/etc/mysql/mariadb.conf.d/90-lab.cnf',
    content: `# A small host's database.
[mysqld]
innodb_log_file_size = 16M
# The volume lies in memory, where the kernel's asynchronous writing does not work.
innodb_use_native_aio = 0

[mysqld_safe]
skip_syslog
log_error = /var/log/mysql/error.log
# Killed is killed: whoever is on call starts it again.
nowatch
`,
  },
  {
    path: '/etc/wordpress/config-default.php',
    content: `<?php
define('DB_NAME', '${DATABASE.name}');
define('DB_USER', '${DATABASE.user}');
define('DB_PASSWORD', '${DATABASE.password}');
define('DB_HOST', 'localhost');
define('DISABLE_WP_CRON', true);
${[
  'AUTH_KEY',
  'SECURE_AUTH_KEY',
  'LOGGED_IN_KEY',
  'NONCE_KEY',
  'AUTH_SALT',
  'SECURE_AUTH_SALT',
  'LOGGED_IN_SALT',
  'NONCE_SALT',
]
  .map((key) => `define('${key}', 'lab ${key}');`)
  .join('\n')}
`,
  },
  {
    path: '/var/lib/wordpress/wp-content/mu-plugins/lab.php',
    content: readFileSync(join(import.meta.dirname, 'inside/mu-plugin.php'), 'utf8'),
  },
  { path: '/etc/hosts', content: hosts() },
  // Nobody listens there: a name is refused at once, and nothing waits for it.
  { path: '/etc/resolv.conf', content: 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' },
];

const FOLDERS = [
  ['mysql', 'mysql:adm', '2750'],
  ['apache2', 'root:adm', '750'],
  ['nginx', 'www-data:adm', '755'],
] as const;

/** Puts the site's files in place and its database on its volume; starts nothing. */
export async function putSite(state: LabState): Promise<void> {
  await Promise.all([putFiles(state, FILES), makeLogFolders(state)]);
  const archive = await archiveFor(state);
  await mustRun(state, 'server', ['tar', '-xf', '-', '-C', '/var/lib/mysql'], { stdinFile: archive, limited: false });
}

/** Makes the archive when there is none for these programs and settings. */
async function archiveFor(state: LabState): Promise<string> {
  const archive = join(CACHE, `${await fingerprint()}.tar`);
  if (existsSync(archive)) {
    utimesSync(archive, new Date(), new Date());
    return archive;
  }
  dropOldArchives();
  mkdirSync(CACHE, { recursive: true, mode: 0o700 });
  const fresh = `${archive}.${randomBytes(6).toString('hex')}`;
  try {
    await install(state);
    await mustRun(state, 'server', ['tar', '-Scf', '-', '-C', '/var/lib/mysql', '.'], {
      stdoutFile: fresh,
      limited: false,
    });
    // Two labs may do so at once: either archive is as good.
    renameSync(fresh, archive);
  } finally {
    rmSync(fresh, { force: true });
  }
  return archive;
}

/** Those of other versions that nobody has used for a week. */
function dropOldArchives(): void {
  if (!existsSync(CACHE)) return;
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    if (Date.now() - statSync(path).mtimeMs > 7 * 86_400_000) rmSync(path, { force: true });
  }
}

/** Removes every archive; the next lab makes its own. */
export function removeCache(): void {
  rmSync(CACHE, { recursive: true, force: true });
}

async function install(state: LabState): Promise<void> {
  const unlimited = { limited: false };
  const data = '--datadir=/var/lib/mysql';
  await mustRun(state, 'server', ['mariadb-install-db', '--user=mysql', '--skip-test-db', data], unlimited);
  await mustRun(state, 'server', ['service', 'mariadb', 'start'], unlimited);
  const { name, user, password } = DATABASE;
  const grant = `CREATE DATABASE ${name}; GRANT ALL ON ${name}.* TO '${user}'@'localhost' IDENTIFIED BY '${password}';`;
  await mustRun(state, 'server', ['mariadb', '-e', grant], unlimited);
  await mustRun(
    state,
    'server',
    ['php', `${import.meta.dirname}/inside/install-wordpress.php`, SERVER.site, ADMIN.user, ADMIN.password, `${POSTS}`],
    unlimited,
  );
  await mustRun(state, 'server', ['service', 'mariadb', 'stop'], unlimited);
  await mustRun(state, 'server', ['find', '/var/log/mysql', '-type', 'f', '-delete'], unlimited);
}

/** Changes when the set-up or the packages do. */
async function fingerprint(): Promise<string> {
  const packages = ['mariadb-server', 'wordpress'] as const;
  const versions = await mustRunOnMachine(['dpkg-query', '--list', ...packages]);
  const installer = readFileSync(join(import.meta.dirname, 'inside/install-wordpress.php'), 'utf8');
  const ours = readFileSync(import.meta.filename, 'utf8');
  return createHash('sha256')
    .update(JSON.stringify([versions, installer, ours, FILES]))
    .digest('hex')
    .slice(0, 24);
}

async function makeLogFolders(state: LabState): Promise<void> {
  for (const [name, owner, mode] of FOLDERS) {
    const [user = '', group = ''] = owner.split(':');
    const folder = `/var/log/${name}`;
    const install = ['install', '-d', '-o', user, '-g', group, '-m', mode, folder] as const;
    await mustRun(state, 'server', install, { limited: false });
  }
}

function hosts(): string {
  const { hostname, site, ipv4, ipv6 } = SERVER;
  return `127.0.0.1 localhost\n::1 localhost\n${ipv4} ${site} example.org ${hostname}\n${ipv6} ${site} example.org ${hostname}\n`;
}

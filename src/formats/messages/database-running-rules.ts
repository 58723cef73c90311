// What MariaDB and MySQL say while they run, start and stop: one rule a message.
import type { DatabaseEvent } from '../../model/event.ts';
import { known, numberOf, type Rule } from './rules.ts';

type What = DatabaseEvent['what'];
type Field = 'table' | 'user' | 'host' | 'detail' | 'signal' | 'tookMs';

export function database(what: What, fields: { [K in Field]?: DatabaseEvent[K] | undefined } = {}): DatabaseEvent {
  return { kind: 'database', what, ...known(fields) };
}

/** A table under a temporary folder: when it can't be written, the folder is full, and no table of a site is broken. */
function isTemporary(table: string | undefined): boolean {
  return table !== undefined && /(?:^|\/)#sql|^\/(?:var\/)?tmp\//.test(table);
}

const DISK_FULL =
  /(?:Errcode|errno|OS errno|error number|with error):? 28\b|No space left on device|[Oo]ut of disk space|^Disk (?:is full|got full) writing|^Full disk prevents/;
const FILE = /(?:writing|file|table|datafile) '?((?:\.{0,2}\/)?[^\s']{1,300})/;

/** Messages that quote what a client sent come first, so that no name chosen by a stranger reaches another rule. */
export const quotingRules: readonly Rule[] = [
  [
    'Access denied for user',
    /^Access denied for user '([^\n]{0,128}?)'@'([^']{0,255})'/,
    (m) => database('access-denied', { user: m[1], host: m[2] }),
  ],
  [
    'Aborted connection',
    /^Aborted connection \d{1,20} to db: '([^\n]{0,200}?)' user: '([^\n]{0,128}?)'(?: host: '([^']{0,255})')?[^(\n]{0,80}\(([^\n]{1,200})\)\.?$/,
    (m) =>
      m[4] === 'Too many connections'
        ? database('too-many-connections')
        : database('aborted-connection', { user: m[2], host: m[3], detail: m[4] }),
  ],
  [
    'is blocked because of many',
    /^Host '([^']{1,255})' is blocked because of many connection errors/,
    (m) => database('host-blocked', { host: m[1] }),
  ],
  [
    'could not be resolved',
    /^(?:IP address|Host name) '([^']{1,255})' could not be resolved/,
    (m) => database('unreachable-host', { host: m[1] }),
  ],
  [
    'does not resolve to',
    /^Hostname '([^']{1,255})' does not resolve to/,
    (m) => database('unreachable-host', { host: m[1] }),
  ],
];

export const runningRules: readonly Rule[] = [
  ['Too many connections', /^Too many connections/, () => database('too-many-connections')],
  [
    'max_user_connections',
    /^User [^\n]{1,128} has exceeded the 'max_user_connections'/,
    () => database('too-many-connections', { detail: 'max_user_connections' }),
  ],

  // Starting and stopping.
  ['Starting M', /^Starting (?:MariaDB|MySQL) (\S{1,80})/, (m) => database('starting', { detail: m[1] })],
  [
    'starting as process',
    /^\S{1,200} \((?:mysqld|mariadbd) ([^)]{1,80})\) starting as process/,
    (m) => database('starting', { detail: m[1] }),
  ],
  [
    'mysqld_safe ',
    /^mysqld_safe (?:Starting (?:mysqld|mariadbd) daemon|(?:mysqld|mariadbd) restarted)/,
    () => database('starting', { detail: 'mysqld_safe' }),
  ],
  // mysqld_safe says this when the server went without removing its pid file: it was killed or it crashed.
  [
    'Number of processes running now',
    /^mysqld_safe Number of processes running now: 0/,
    () => database('signal', { detail: 'ended without a shutdown, says mysqld_safe' }),
  ],
  [
    'mysqld process already exists',
    /^mysqld_safe A (?:mysqld|mariadbd) process already exists/,
    () => database('lock-held'),
  ],
  ['ready for connections', /^ready for connections\b/, () => database('ready')],
  [
    'Normal shutdown',
    /^(?:\S{1,200} \(initiated by: ([^\s[)]{0,80})[^)\n]{0,200}\): )?Normal shutdown/,
    (m) => database('shutdown', { user: m[1] === 'unknown' ? undefined : m[1] }),
  ],
  [
    'Received SHUTDOWN from user',
    /^Received SHUTDOWN from user ([^\n]{0,80}?)\. Shutting down/,
    (m) => database('shutdown', { user: m[1]?.startsWith('<') ? undefined : m[1] }),
  ],
  ['Shutdown complete', /^Shutdown complete(?!d)/, () => database('shutdown')],

  // It did not stop in order.
  [
    'recovery',
    /^(?:Starting crash recovery|Starting InnoDB crash recovery|Aria engine: starting recovery|Recovering after a crash using (\S{1,80}))/,
    (m) => database('crash-recovery', { detail: m[1] }),
  ],
  ['not shut', /^Database was not shut ?down normally/, () => database('crash-recovery')],
  ['apply batch', /^Starting an apply batch/, () => database('crash-recovery')],
  ['final batch', /^Starting final batch to recover/, () => database('crash-recovery')],
  [
    'got signal',
    /^(?:mysqld|mariadbd)(?:-\w{1,20})? got signal (\d{1,3})\b/,
    (m) => database('signal', { signal: numberOf(m[1]) }),
  ],
  ['Got signal', /^Got signal (\d{1,3})\. Aborting/, (m) => database('signal', { signal: numberOf(m[1]) })],
  [
    'got exception',
    /^(?:mysqld|mariadbd)(?:-\w{1,20})? got exception (0x[0-9a-fA-F]{1,16})/,
    (m) => database('signal', { detail: m[1] }),
  ],
  [
    'ssertion',
    /^(?:\S{1,200}: )?(?:Assertion failure(?: in thread \S{1,40})?(?: in file|:) (\S{1,200}?)(?: line|:| |$)|\S[^\n]{0,400}: Assertion `)/,
    (m) => database('assertion', { detail: m[1] }),
  ],

  // Tables of MyISAM and Aria.
  [
    'is marked as crashed',
    /^Table '([^']{1,300})' is marked as crashed/,
    (m) => database('table-crashed', { table: m[1] }),
  ],
  [
    'Got error',
    /^Got error '?(?:126|127|134|144|145)\b(?: "[^"\n]{0,200}")?'? (?:for|when reading table) '([^']{1,300})'/,
    (m) => (isTemporary(m[1]) ? database('disk-full', { detail: m[1] }) : database('table-crashed', { table: m[1] })),
  ],
  [
    'Incorrect key file',
    /^Incorrect key file for table '([^']{1,300})'/,
    (m) => (isTemporary(m[1]) ? database('disk-full', { detail: m[1] }) : database('table-crashed', { table: m[1] })),
  ],
  ['Index for table', /^Index for table '([^']{1,300})' is corrupt/, (m) => database('table-crashed', { table: m[1] })],
  [
    'ing table:',
    /^(?:Checking|Recovering) table: {1,6}'([^']{1,300})'/,
    (m) => database('table-crashed', { table: m[1] }),
  ],
  ["Couldn't repair", /^Couldn't repair table: (\S{1,300})/, (m) => database('table-crashed', { table: m[1] })],
  [
    'closed the table properly',
    /^(\S{1,200}): \d{1,9} clients? (?:is|are) using or ha(?:ve|s)n't closed the table properly/,
    (m) => database('table-crashed', { table: m[1] }),
  ],

  // Stalls.
  [
    'page_cleaner',
    /^page_cleaner: \d{1,9}ms {1,2}intended loop took (\d{1,12})ms/,
    (m) => database('page-cleaner-late', { tookMs: numberOf(m[1]) }),
  ],
  [
    'Page cleaner took',
    /^Page cleaner took (\d{1,12})ms to flush/,
    (m) => database('page-cleaner-late', { tookMs: numberOf(m[1]) }),
  ],
  [
    ' long ',
    /^(?:Warning: )?[Aa] long (?:semaphore wait|wait \((\d{1,9}) seconds\) was observed for (\S{1,80}))/,
    (m) => database('long-semaphore-wait', { tookMs: m[1] ? Number(m[1]) * 1000 : undefined, detail: m[2] }),
  ],
  [
    ' has waited at ',
    /^--Thread \d{1,20} has waited at (\S{1,80}) line \d{1,9} for (\d{3,9})(?:\.\d{1,6})? seconds/,
    (m) => database('long-semaphore-wait', { tookMs: Number(m[2]) * 1000, detail: m[1] }),
  ],
  [
    'emaphore',
    /^(?:Semaphore wait has lasted > (\d{1,9})|innodb_fatal_semaphore_wait_threshold was exceeded)/,
    (m) => database('long-semaphore-wait', { tookMs: m[1] ? Number(m[1]) * 1000 : undefined }),
  ],
  ['Lock wait timeout', /^[^'"\n]{0,120}Lock wait timeout exceeded/, () => database('lock-wait-timeout')],
  [
    'eadlock',
    /^(?:[Tt]ransactions deadlock detected|Transaction was aborted due to Deadlock|[^'"\n]{0,120}Deadlock found when trying to get lock)/,
    () => database('deadlock'),
  ],

  // Space.
  ['', DISK_FULL, (m) => database('disk-full', { detail: FILE.exec(m.input)?.[1] })],
  [
    'is full',
    /^The table '([^']{1,300})' is full/,
    (m) => database('disk-full', isTemporary(m[1]) ? { detail: m[1] } : { table: m[1] }),
  ],
  [
    'the disk is not full',
    /^Write to file (\S{1,300}?) ?failed at offset/,
    (m) => database('disk-full', { detail: m[1] }),
  ],
];

// What a log's event is on the timeline: its mark and a few words. Events that tell nothing there have none.
import type {
  AdminEvent,
  DatabaseEvent,
  FpmEvent,
  KernelEvent,
  LogEvent,
  PhpEvent,
  UnitEvent,
  WebEvent,
} from '../../model/event.ts';
import { duration, kilobytes, quoted } from '../../model/figures.ts';
import { signalName } from './signal.ts';

/** One letter for the plot, and what it stands for. The order is that of importance. */
export const MARKS = {
  K: 'killed',
  C: 'crashed',
  D: 'disk',
  F: 'start failed',
  X: 'stopped',
  T: 'tables',
  L: 'limit',
  A: 'refused',
  N: 'network',
  B: 'banned',
  P: 'administrator',
  R: 'started',
  W: 'waiting',
  E: 'errors',
} as const;

export type Mark = keyof typeof MARKS;

interface EventWords {
  readonly mark: Mark;
  /** Without time and full stop; it may hold text from logs. Equal texts are the same thing happening again. */
  readonly text: string;
}

/** The words for an event; `undefined` when it has no place on a timeline. */
export function eventWords(event: LogEvent): EventWords | undefined {
  switch (event.kind) {
    case 'oom-kill':
      return {
        mark: 'K',
        text: `the kernel killed ${event.name} for want of memory${event.anonRssKb === undefined ? '' : ` (${kilobytes(event.anonRssKb)})`}`,
      };
    case 'kernel':
      return kernelWords(event);
    case 'unit':
      return unitWords(event);
    case 'database':
      return databaseWords(event);
    case 'web':
      return webWords(event);
    case 'fpm':
      return fpmWords(event);
    case 'php':
      return phpWords(event);
    case 'admin':
      return adminWords(event);
    case 'disk-full':
      return {
        mark: 'D',
        text: `${event.program} found no ${event.inodes ? 'inodes' : 'space'} left${event.path ? ` for ${event.path}` : ''}`,
      };
    case 'slow-query':
      return event.seconds >= 10 ? { mark: 'W', text: `a database query took ${duration(event.seconds)}` } : undefined;
  }
}

function words(mark: Mark, text: string): EventWords {
  return { mark, text };
}

function kernelWords(event: KernelEvent): EventWords {
  switch (event.what) {
    case 'segfault':
      return words('C', `${event.process ?? 'a process'} crashed (segmentation fault or the like)`);
    case 'syn-flood':
      return words('N', `the kernel saw a SYN flood${event.port === undefined ? '' : ` on port ${event.port}`}`);
    case 'conntrack-full':
      return words('N', "the firewall's table of connections was full");
    case 'filesystem-error':
      return words('D', 'the file system reported an error');
    case 'io-error':
      return words('D', 'the disk reported an error');
    case 'read-only':
      return words('D', 'a file system became read-only');
    case 'hung-task':
      return words('W', `${event.process ?? 'a process'} hung for minutes`);
    case 'fork-rejected':
      return words('L', 'the kernel allowed no further process');
    case 'boot':
      return words('R', 'the host started');
  }
}

function unitWords(event: UnitEvent): EventWords | undefined {
  const unit = event.unit.replace(/\.service$/, '');
  switch (event.change) {
    case 'killed':
      return words(
        'K',
        `${unit} was killed${event.signal === undefined ? '' : ` by signal ${event.signal}${signalName(event.signal)}`}`,
      );
    case 'oom-killed':
      return words('K', `${unit} was killed for want of memory`);
    case 'dumped':
      return words(
        'C',
        `${unit} crashed${event.signal === undefined ? '' : ` by signal ${event.signal}${signalName(event.signal)}`}`,
      );
    case 'start-failed':
      return words('F', `${unit} could not be started`);
    case 'start-timeout':
      return words('F', `the start of ${unit} took too long and was given up`);
    case 'restart-limit':
      return words('F', `${unit} was restarted too often and is left alone`);
    case 'failed':
      return words('F', `${unit} failed`);
    case 'exited':
      return event.status === undefined || event.status === 0
        ? undefined
        : words('F', `${unit} ended with status ${event.status}`);
    case 'started':
      return event.role === 'other' ? undefined : words('R', `${unit} started`);
    case 'reloaded':
      return event.role === 'other' ? undefined : words('R', `${unit} was reloaded`);
    case 'stopped':
      return event.role === 'other' ? undefined : words('X', `${unit} was stopped`);
    case 'stop-timeout':
      return words('X', `${unit} did not stop in time`);
    case 'starting':
    case 'stopping':
    case 'restart-scheduled':
      return undefined;
  }
}

function databaseWords(event: DatabaseEvent): EventWords | undefined {
  switch (event.what) {
    case 'ready':
      return words('R', 'the database was ready');
    case 'crash-recovery':
      return words('R', 'the database started with crash recovery');
    case 'shutdown':
      return words('X', 'the database was shut down in an orderly way');
    case 'signal':
      return words(
        'C',
        `the database crashed${event.signal === undefined ? '' : ` by signal ${event.signal}${signalName(event.signal)}`}`,
      );
    case 'assertion':
      return words('C', 'the database crashed (assertion)');
    case 'aborting':
      return words('F', 'the database gave up starting');
    case 'bad-setting':
      return words('F', `the database complained of a setting${event.detail ? ` (${event.detail})` : ''}`);
    case 'port-in-use':
      return words('F', 'the database found its port in use');
    case 'lock-held':
      return words('F', 'the database found its files locked');
    case 'permission':
      return words('F', 'the database may not read or write its files');
    case 'upgrade-needed':
      return words('F', 'the database needs an upgrade of its files');
    case 'missing-files':
      return words('F', 'the database misses files');
    case 'out-of-memory':
      return words('F', 'the database could not get memory');
    case 'table-crashed':
      return words('T', `table ${event.table ?? '(not named)'} was marked as crashed`);
    case 'corruption':
      return words('T', 'the database found damaged files');
    case 'disk-full':
      return words('D', 'the database found no space left');
    case 'too-many-connections':
      return words('L', 'the database had too many connections');
    case 'access-denied':
      return words('A', `the database refused ${event.user ? `the user ${quoted(event.user, 60)}` : 'a user'}`);
    case 'host-blocked':
      return words('A', 'the database blocked a host');
    case 'page-cleaner-late':
      return words('W', "the database's page cleaner came late");
    case 'long-semaphore-wait':
    case 'lock-wait-timeout':
      return words('W', 'the database waited long for a lock');
    case 'killed-by-manager':
      return words('X', 'the database was told to stop');
    case 'starting':
    case 'aborted-connection':
    case 'deadlock':
    case 'unreachable-host':
      return undefined;
  }
}

function webWords(event: WebEvent): EventWords | undefined {
  const server = event.server === 'apache' ? 'Apache' : event.server === 'nginx' ? 'nginx' : 'the web server';
  switch (event.what) {
    case 'started':
      return words('R', `${server} started`);
    case 'reloaded':
      return words('R', `${server} was reloaded`);
    case 'stopping':
      return words('X', `${server} was stopped`);
    case 'worker-limit-reached':
      return words('L', `${server} reached its limit of workers`);
    case 'connections-exhausted':
      return words('L', `${server} had no connection left`);
    case 'scoreboard-full':
      return words('L', `the scoreboard of ${server} was full`);
    case 'too-many-files':
      return words('L', `${server} had too many files open`);
    case 'cannot-fork':
      return words('L', `${server} could not start another process`);
    case 'out-of-memory':
      return words('L', `${server} could not get memory`);
    case 'child-signal':
      return words(
        'C',
        `a process of ${server} died${event.signal === undefined ? '' : ` by signal ${event.signal}${signalName(event.signal)}`}`,
      );
    case 'parent-exit':
      return words('C', `${server} ended unexpectedly`);
    case 'address-in-use':
      return words('F', `${server} found its port in use`);
    case 'config-error':
      return words('F', `${server} found an error in its configuration`);
    case 'disk-full':
      return words('D', `${server} found no space left`);
    case 'script-timeout':
    case 'upstream-timeout':
      return words('W', `${server} waited in vain for PHP`);
    case 'upstream-refused':
      return words('E', `${server} found nobody to answer behind it`);
    case 'premature-end':
    case 'upstream-closed':
      return words('E', 'PHP ended in the middle of an answer');
    case 'request-limited':
      return words('B', `${server} refused requests beyond a limit`);
    case 'certificate':
    case 'client-denied':
    case 'client-timeout':
    case 'modsecurity':
    case 'not-found':
      return undefined;
  }
}

function fpmWords(event: FpmEvent): EventWords | undefined {
  const pool = event.pool ? ` (pool ${event.pool})` : '';
  switch (event.what) {
    case 'started':
      return words('R', 'PHP-FPM started');
    case 'stopping':
      return words('X', 'PHP-FPM was stopped');
    case 'max-children-reached':
      return words(
        'L',
        `PHP-FPM reached pm.max_children${pool}${event.limit === undefined ? '' : ` of ${event.limit}`}`,
      );
    case 'cannot-fork':
      return words('L', 'PHP-FPM could not start another process');
    case 'child-signal':
      return words(
        'C',
        `a PHP-FPM process died${event.signal === undefined ? '' : ` by signal ${event.signal}${signalName(event.signal)}`}`,
      );
    case 'config-error':
      return words('F', 'PHP-FPM found an error in its configuration');
    case 'terminated':
      return words('W', `PHP-FPM ended a script that ran too long${pool}`);
    case 'slow-request':
      return words('W', `a slow PHP request${event.script ? ` (${event.script})` : ''}`);
    case 'busy':
      return undefined;
  }
}

function phpWords(event: PhpEvent): EventWords | undefined {
  const where = event.component ? ` in ${event.component}` : '';
  switch (event.what) {
    case 'database-unreachable':
      return words('E', 'PHP could not reach the database');
    case 'database-denied':
      return words('A', 'the database refused PHP');
    case 'database-too-many':
      return words('L', 'the database had too many connections for PHP');
    case 'backend-timeout':
      return words('W', `PHP waited in vain${event.peer ? ` for ${event.peer}` : ' for a service outside'}`);
    case 'disk-full':
      return words('D', 'PHP found no space left');
    case 'memory-exhausted':
      return words('E', `PHP reached its own memory limit${where}`);
    case 'max-execution-time':
      return words('W', `PHP reached its time limit${where}`);
    default:
      return event.level === 'fatal' || event.level === 'parse' ? words('E', `PHP failed${where}`) : undefined;
  }
}

function adminWords(event: AdminEvent): EventWords | undefined {
  const subject = event.subject ? quoted(event.subject, 100) : undefined;
  switch (event.what) {
    case 'ban':
      return words('B', `${event.address ?? subject ?? 'an address'} was banned`);
    case 'command':
      return words('P', `${event.user ?? 'the administrator'} ran ${subject ?? 'a command'}`);
    case 'package-change':
      return words('P', `packages were changed${subject ? `: ${subject}` : ''}`);
    case 'shutdown':
      return words('X', 'the host was shut down or restarted');
    case 'clock-step':
      return words('P', 'the clock of the host was set');
    case 'login':
    case 'login-failed':
    case 'web-login-failed':
    case 'cron':
    case 'logrotate':
      return undefined;
  }
}

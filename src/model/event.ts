// What logs say happened: one union for all of them, so that nothing above knows a log format.
import type { Evidence } from './evidence.ts';
import type { EpochMs } from './time.ts';

/** Which part of the house a unit, program or message belongs to. */
export type ServiceRole = 'database' | 'web' | 'php' | 'other';

/** Processes of one program in the task table of an OOM report. */
export interface OomTaskGroup {
  readonly name: string;
  readonly count: number;
  /** Sum of resident memory (with shared pages counted once a process). */
  readonly rssKb: number;
  /** Sum of anonymous memory, where the kernel prints it (6.x). */
  readonly anonKb?: number;
  /** The largest single process, RSS. */
  readonly largestKb: number;
  /** That process's pid. */
  readonly largestPid: number;
}

/** The kernel killed a process for want of memory (mm/oom_kill.c). */
export interface OomKill {
  readonly kind: 'oom-kill';
  readonly pid: number;
  readonly name: string;
  readonly scope: 'global' | 'cgroup';
  /** The cgroup that was full. */
  readonly cgroup?: string;
  /** The limit of that cgroup. */
  readonly limitKb?: number;
  readonly totalVmKb?: number;
  readonly anonRssKb?: number;
  readonly fileRssKb?: number;
  readonly oomScoreAdj?: number;
  /** "Kill process N score M" of kernels before 5. */
  readonly score?: number;
  /** Who asked for memory when none was left. */
  readonly invokedBy?: string;
  readonly memTotalKb?: number;
  readonly swapTotalKb?: number;
  readonly swapFreeKb?: number;
  /** The task table, a line a program, largest first; empty when the report was cut. */
  readonly tasks: readonly OomTaskGroup[];
}

export interface KernelEvent {
  readonly kind: 'kernel';
  /**
   * `segfault`: a process died by SIGSEGV, SIGBUS, trap ... (`process`, `pid`); `syn-flood`: "Possible SYN flooding on port";
   * `conntrack-full`: nf_conntrack table full; `filesystem-error`, `io-error`, `read-only`: the disk fails;
   * `hung-task`: blocked for more than 120 seconds; `boot`: the kernel started;
   * `fork-rejected`: "cgroup: fork rejected by pids controller".
   */
  readonly what:
    | 'segfault'
    | 'syn-flood'
    | 'conntrack-full'
    | 'filesystem-error'
    | 'io-error'
    | 'read-only'
    | 'hung-task'
    | 'fork-rejected'
    | 'boot';
  readonly process?: string;
  readonly pid?: number;
  readonly port?: number;
}

/** A service manager's word on a unit (systemd 219 to today). */
export interface UnitEvent {
  readonly kind: 'unit';
  readonly unit: string;
  readonly role: ServiceRole;
  /**
   * `exited`: main process ended by itself (`status`); `killed`: by a signal (`signal`); `dumped`: by a signal, with a core;
   * `oom-killed`: systemd says so ("A process of this unit has been killed by the OOM killer", result 'oom-kill');
   * `start-timeout`, `stop-timeout`: an operation timed out; `restart-limit`: "Start request repeated too quickly".
   */
  readonly change:
    | 'starting'
    | 'started'
    | 'start-failed'
    | 'start-timeout'
    | 'stopping'
    | 'stopped'
    | 'stop-timeout'
    | 'exited'
    | 'killed'
    | 'dumped'
    | 'oom-killed'
    | 'failed'
    | 'restart-scheduled'
    | 'restart-limit'
    | 'reloaded';
  readonly signal?: number;
  /** Exit status of the main or control process. */
  readonly status?: number;
}

/** What MariaDB or MySQL wrote to its error log. */
export interface DatabaseEvent {
  readonly kind: 'database';
  readonly what:
    | 'starting'
    | 'ready'
    | 'shutdown' // an orderly one: "Normal shutdown", "Shutdown complete", "Received SHUTDOWN from user"
    | 'crash-recovery' // it had not been shut down
    | 'signal' // "got signal 11", "got exception 0x"
    | 'assertion'
    | 'aborting' // "[ERROR] Aborting": it gives up starting
    | 'table-crashed'
    | 'corruption' // page or tablespace or log damaged
    | 'disk-full'
    | 'too-many-connections'
    | 'access-denied'
    | 'host-blocked' // "Host ... is blocked because of many connection errors"
    | 'aborted-connection'
    | 'page-cleaner-late'
    | 'long-semaphore-wait'
    | 'lock-wait-timeout'
    | 'deadlock'
    | 'out-of-memory' // it could not allocate memory itself
    | 'bad-setting' // unknown variable, unknown option, bad value
    | 'port-in-use'
    | 'lock-held' // "Unable to lock ./ibdata1": another instance runs
    | 'permission' // files or folders it may not read or write
    | 'upgrade-needed' // "Upgrade after a crash is not supported", downgrade, mysql_upgrade
    | 'missing-files' // system tables, plugins or the data folder
    | 'unreachable-host' // could not be resolved
    | 'killed-by-manager';
  /** The table, as logged. */
  readonly table?: string;
  readonly user?: string;
  readonly host?: string;
  /** Which setting, which file ... */
  readonly detail?: string;
  readonly signal?: number;
  /** How long the page cleaner's loop took, or the wait was. */
  readonly tookMs?: number;
}

/** One statement of the slow query log. */
export interface SlowQuery {
  readonly kind: 'slow-query';
  readonly seconds: number;
  readonly lockSeconds: number;
  readonly rowsExamined: number;
  readonly rowsSent?: number;
  readonly user?: string;
  readonly database?: string;
  /** The statement with its literals replaced by `?`, at most 200 characters. */
  readonly statement: string;
}

/** What Apache or nginx wrote to its error log. */
export interface WebEvent {
  readonly kind: 'web';
  readonly server: 'apache' | 'nginx' | 'other';
  readonly what:
    | 'started' // configured -- resuming normal operations
    | 'stopping' // caught SIGTERM, shutting down; signal process started
    | 'reloaded' // graceful restart, SIGHUP
    | 'worker-limit-reached' // MaxRequestWorkers/MaxClients reached; within MinSpareThreads of it
    | 'connections-exhausted' // nginx: worker_connections are not enough
    | 'scoreboard-full'
    | 'script-timeout' // CGI/FPM gave no headers in time
    | 'premature-end' // end of script output before headers
    | 'client-denied'
    | 'cannot-fork'
    | 'upstream-timeout'
    | 'upstream-refused' // connect() failed (111), (2), (11)
    | 'upstream-closed' // prematurely closed, reset, primary script unknown
    | 'request-limited' // limit_req, limit_conn, mod_evasive, mod_qos
    | 'client-timeout' // the request didn't come in time (408, mod_reqtimeout, client timed out)
    | 'child-signal' // child died by signal
    | 'parent-exit' // unexpected end, "no active worker", alert that stops the server
    | 'address-in-use'
    | 'config-error'
    | 'disk-full'
    | 'too-many-files'
    | 'out-of-memory'
    | 'certificate'
    | 'modsecurity'
    | 'not-found'; // File does not exist; open() failed (2)
  readonly client?: string;
  readonly signal?: number;
  /** Upstream, path, setting ... */
  readonly detail?: string;
}

/** What PHP-FPM's own log says. */
export interface FpmEvent {
  readonly kind: 'fpm';
  readonly what:
    | 'started'
    | 'stopping'
    | 'max-children-reached'
    | 'busy' // "seems busy", spawning children
    | 'slow-request'
    | 'terminated' // request_terminate_timeout
    | 'child-signal'
    | 'config-error'
    | 'cannot-fork';
  readonly pool?: string;
  readonly limit?: number;
  readonly signal?: number;
  readonly script?: string;
  readonly seconds?: number;
  /** The PHP function that a slow request sat in, when it is one that waits for something outside PHP: `curl_exec`, `mysqli_query`. */
  readonly waitsFor?: string;
  /** "plugin akismet": the innermost extension of the site in a slow request's stack. */
  readonly component?: string;
}

/** A message of PHP itself, from its own log or through the web server's or FPM's. */
export interface PhpEvent {
  readonly kind: 'php';
  readonly level: 'fatal' | 'parse' | 'warning' | 'notice';
  readonly what:
    | 'memory-exhausted'
    | 'max-execution-time'
    | 'uncaught' // an exception nobody caught, a call to something undefined, a type error
    | 'syntax'
    | 'missing-file' // Failed opening required
    | 'missing-extension' // undefined function mysqli_..., mb_..., curl_...
    | 'database-unreachable' // mysqli: (HY000/2002), gone away (2006), lost connection (2013)
    | 'database-denied' // (HY000/1044), (HY000/1045), (HY000/1049), 1698
    | 'database-too-many' // (HY000/1040), 1203, 1226
    | 'database-error' // WordPress database error
    | 'backend-timeout' // cURL error 28, connection timed out, failed to open stream: HTTP
    | 'disk-full'
    | 'other';
  readonly message: string;
  readonly file?: string;
  /** "plugin akismet", "theme astra": from the file's path, or from the first frame of the trace that is one. */
  readonly component?: string;
  /** The other side of a backend-timeout. */
  readonly peer?: string;
}

/** Something an administrator or a timer did that bears on services. */
export interface AdminEvent {
  readonly kind: 'admin';
  readonly what:
    | 'package-change' // apt, dpkg, dnf, yum, unattended-upgrades
    | 'command' // sudo COMMAND=
    | 'login' // sshd Accepted
    | 'login-failed' // sshd Failed password
    | 'ban' // fail2ban Ban
    | 'web-login-failed' // "Authentication failure for admin from": WordPress fail2ban plugins
    | 'cron'
    | 'logrotate'
    | 'shutdown' // the host goes down or reboots
    | 'clock-step';
  readonly subject?: string;
  readonly user?: string;
  readonly address?: string;
}

/** A file system is full or nearly so, as a program complained. */
export interface DiskFullEvent {
  readonly kind: 'disk-full';
  /** Who complained. */
  readonly program: string;
  readonly path?: string;
  readonly inodes?: boolean;
}

export type EventPayload =
  | OomKill
  | KernelEvent
  | UnitEvent
  | DatabaseEvent
  | SlowQuery
  | WebEvent
  | FpmEvent
  | PhpEvent
  | AdminEvent
  | DiskFullEvent;

/** An event with its time and its place. Repetitions close to each other are folded into `count`. */
export type LogEvent = EventPayload & {
  readonly at: EpochMs;
  /** How many the entry stands for; 1 unless folded. */
  readonly count: number;
  /** Time of the last of them. */
  readonly until: EpochMs;
  readonly evidence: Evidence;
};

export type EventOf<K extends EventPayload['kind']> = Extract<LogEvent, { kind: K }>;

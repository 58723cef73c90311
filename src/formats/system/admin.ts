// Reads what people and timers did: log-ins, sudo, packages, cron, bans, shutdowns, clock steps.
import { canonicalAddress } from '../../model/address.ts';
import type { AdminEvent } from '../../model/event.ts';

type Reader = (message: string) => AdminEvent | undefined;

/** The longest subject that is kept. */
const SUBJECT_MAX = 200;

function admin(what: AdminEvent['what'], subject?: string, user?: string, address?: string): AdminEvent {
  const canonical = address === undefined ? undefined : canonicalAddress(address);
  return {
    kind: 'admin',
    what,
    ...(subject ? { subject: subject.slice(0, SUBJECT_MAX) } : {}),
    ...(user ? { user: user.slice(0, SUBJECT_MAX) } : {}),
    ...(canonical === undefined ? {} : { address: canonical }),
  };
}

/** The user's name is the client's word and may hold " from 1.2.3.4 port 1": the last one is sshd's own (auth.c, auth_log). */
const SSH =
  /^(Accepted|Failed) ([a-z/-]{1,40}) for (?:invalid user )?(.{0,256}) from (\S{1,64}) port \d{1,5}(?: ssh2?)?(?:: .{0,300})?$/;

function readSshd(message: string): AdminEvent | undefined {
  const found = SSH.exec(message);
  if (!found) return undefined;
  if (found[1] === 'Accepted') return admin('login', found[2], found[3], found[4]);
  // A client offers its keys one by one: a refused key is no failed log-in.
  return found[2] === 'publickey' ? undefined : admin('login-failed', found[2], found[3], found[4]);
}

/** sudo(8), "Log format". */
const SUDO = /^ {0,16}(\S{1,64}) : .{0,600}?\bCOMMAND=(.{1,2000})$/s;

function readSudo(message: string): AdminEvent | undefined {
  const found = SUDO.exec(message);
  if (!found || / ; (?:command not allowed|user NOT in sudoers) ;/.test(message)) return undefined;
  return admin('command', found[2], found[1]);
}

/**
 * wp-fail2ban and its kin write as sshd does, with the program `wordpress(www.example.com)` or `wp(...)`;
 * "XML-RPC" or "REST" stands in front where the log-in came that way.
 */
const WORDPRESS =
  /(?:Authentication failure for (.{0,256})|authentication attempt for unknown user (.{0,256})|Empty username|Blocked (?:username )?authentication attempt for (.{0,256})|XML-RPC (?:multicall )?authentication failure) from (\S{1,64})$/i;
const WORDPRESS_OK = /^Accepted password for (.{0,256}) from (\S{1,64})$/;

function readWordPress(message: string): AdminEvent | undefined {
  const failed = WORDPRESS.exec(message);
  if (failed)
    return admin(
      'web-login-failed',
      /XML-RPC|REST/i.exec(message)?.[0],
      failed[1] ?? failed[2] ?? failed[3],
      failed[4],
    );
  const accepted = WORDPRESS_OK.exec(message);
  return accepted ? admin('login', 'wordpress', accepted[1], accepted[2]) : undefined;
}

/** `NOTICE [sshd] Ban 203.0.113.9` (fail2ban/server/actions.py); in syslog the level may be missing. */
const BAN = /(?:^|\s)\[([A-Za-z0-9_.-]{1,64})\] (?:Increase |Restore )?Ban (\S{1,64})$/;

export function readBan(message: string): AdminEvent | undefined {
  const found = BAN.exec(message);
  return found ? admin('ban', found[1], undefined, found[2]) : undefined;
}

const CRON = /^\((.{1,64}?)\) CMD \((.{1,2000})\)$/s;

function readCron(message: string): AdminEvent | undefined {
  const found = CRON.exec(message);
  if (found) return admin(/\blogrotate\b/.test(found[2] ?? '') ? 'logrotate' : 'cron', found[2]?.trim(), found[1]);
  // anacron(8) and run-parts of cronie.
  const job = /^Job `(.{1,100})' started|^\(.{1,200}\) starting (\S{1,100})|^starting (\S{1,100})$/.exec(message);
  const name = job?.[1] ?? job?.[2] ?? job?.[3];
  return name === undefined ? undefined : admin(name === 'logrotate' ? 'logrotate' : 'cron', name);
}

/** yum's and dnf's plugins log `Installed: `, `Updated: `, `Erased: ` with the package. */
const YUM = /^(?:Installed|Updated|Upgraded|Erased|Removed|Reinstalled|Downgraded|Dep-Installed): (.{1,300})$/;

function readPackages(message: string): AdminEvent | undefined {
  if (YUM.test(message)) return admin('package-change', message);
  const upgraded = /^(?:INFO:? ?)?(Packages that will be upgraded: .{1,2000})$/s.exec(message)?.[1];
  return upgraded ? admin('package-change', upgraded) : undefined;
}

/** systemd-logind (logind-dbus.c) before the host goes down, and shutdown(8) of sysvinit and upstart. */
const DOWN =
  /^System is (?:powering down|rebooting|halting|shutting down)|^The system (?:is going down|will (?:power off|reboot|halt))|^(?:shutting down|shutdown) for system |^Power key pressed|^init: Switching to runlevel: [06]|^Switching to runlevel: [06]/i;

function readShutdown(message: string): AdminEvent | undefined {
  return DOWN.test(message) ? admin('shutdown', message) : undefined;
}

/** chronyd (reference.c, util.c), ntpd, ntpdate, systemd-timesyncd, systemd-journald. */
const STEP =
  /^System clock was stepped by |^(?:Forward|Backward) time jump detected|^time reset [+-]|: time set [+-]|^step time server |^step-systime|^System time changed\b|^Initial (?:clock )?synchronization to |^Time jumped backwards|^Clock change detected/;

function readClock(message: string): AdminEvent | undefined {
  return STEP.test(message) ? admin('clock-step', message) : undefined;
}

const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/^sshd/, readSshd],
  [/^sudo$/, readSudo],
  [/^(?:wordpress|wp)(?:\(|$)/, readWordPress],
  [/^fail2ban/, readBan],
  [/^(?:cron|crond|anacron|run-parts.{0,64})$/i, readCron],
  [/^(?:yum|dnf|dnf-automatic|packagekitd?|unattended-upgrades?)$/i, readPackages],
  [/^(?:systemd-logind|shutdown|systemd-shutdown|reboot|init)$/, readShutdown],
  [/^(?:chronyd|ntpd|ntpdate|systemd-timesyncd|systemd-journald|systemd-resolved|rdate)$/, readClock],
];

/**
 * `program` is its bare name, without path and pid. `undefined` when the message means nothing to us. Addresses come canonical;
 * a host name in an address's place is left out. Never throws.
 */
export function readAdminMessage(program: string, message: string): AdminEvent | undefined {
  const reader = READERS.find(([name]) => name.test(program))?.[1];
  // The plugins of WordPress may write under any program's name.
  return (
    reader?.(message) ??
    (message.includes('uthenti') && !program.startsWith('sshd') ? readWordPress(message) : undefined)
  );
}

// Reads the histories of packages: dpkg.log, APT's history.log, yum.log, and fail2ban's own log beside them.
import type { AdminEvent } from '../../model/event.ts';
import { shareOfLines, type TextFormat } from '../../model/reader.ts';
import type { Stamp } from '../../model/time.ts';
import { readBan } from './admin.ts';
import { readSyslogStamp } from './stamps.ts';

const LOCAL = /^(\d{4})-(\d\d)-(\d\d) {1,2}(\d\d):(\d\d):(\d\d)(?:,(\d{3}))? {0,2}/;
const SUBJECT_MAX = 200;

function readLocal(text: string): { readonly stamp: Stamp; readonly rest: string } | undefined {
  const found = LOCAL.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second, ms] = found.slice(1).map((part) => Number(part ?? 0));
  const at = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second, ms ?? 0);
  return { stamp: { ms: at, clock: 'local' }, rest: text.slice(found[0].length) };
}

function change(subject: string): AdminEvent {
  return { kind: 'admin', what: 'package-change', subject: subject.slice(0, SUBJECT_MAX) };
}

/** dpkg(1), `--log`: `2025-06-24 14:36:25 upgrade libsystemd0:amd64 252.36-1~deb12u1 252.38-1~deb12u1`. */
const DPKG = /^(?:startup|status|conffile|trigproc|install|upgrade|configure|remove|purge|disappear) \S/;
const DPKG_CHANGE = /^(?:install|upgrade|remove|purge) \S/;

export const dpkgLog: TextFormat = {
  id: 'dpkg-log',
  title: 'dpkg log',
  recognise: (head) => shareOfLines(head, (line) => DPKG.test(readLocal(line)?.rest ?? '')),
  open: (sink) => ({
    line(text, line) {
      if (text.trim() === '') return;
      const found = readLocal(text);
      if (!found || !DPKG.test(found.rest)) sink.unreadable(line, text);
      else if (DPKG_CHANGE.test(found.rest)) sink.event(found.stamp, change(found.rest), line, text);
      else sink.seen(found.stamp);
    },
    end() {},
  }),
};

const HISTORY =
  /^(Start-Date|End-Date|Commandline|Requested-By|Install|Upgrade|Downgrade|Remove|Purge|Reinstall|Error|Comment): /;
const HISTORY_CHANGE = /^(?:Install|Upgrade|Downgrade|Remove|Purge|Reinstall): /;

/** `mariadb-server:amd64 (1:10.11.6, 1:10.11.11), php8.2-fpm:amd64 (...)` without versions. */
function packageNames(list: string): string {
  return list.slice(0, 4000).replace(/:[a-z0-9]{1,10} \([^)]{0,200}\)?/g, '');
}

/** APT's history.log: stanzas from `Start-Date: 2025-06-24  14:36:25` to `End-Date:`; one event a line that changes packages, at the start. */
export const aptHistory: TextFormat = {
  id: 'apt-history',
  title: 'APT history log',
  recognise: (head) =>
    head.some((line) => line.startsWith('Start-Date: ')) ? shareOfLines(head, (line) => HISTORY.test(line)) : 0,
  open: (sink) => {
    let stamp: Stamp | undefined;
    let user: string | undefined;
    return {
      line(text, line) {
        if (text.trim() === '') return;
        const key = HISTORY.exec(text)?.[1];
        if (!key) {
          sink.unreadable(line, text);
          return;
        }
        const value = text.slice(key.length + 2);
        if (key === 'Start-Date' || key === 'End-Date') {
          stamp = readLocal(value)?.stamp ?? stamp;
          if (key === 'Start-Date') user = undefined;
        } else if (key === 'Requested-By') user = value.split(' ', 1)[0];
        if (HISTORY_CHANGE.test(text))
          sink.event(stamp, { ...change(`${key}: ${packageNames(value)}`), ...(user ? { user } : {}) }, line, text);
        else sink.seen(stamp);
      },
      end() {},
    };
  },
};

/** yum up to version 3 (Red Hat 7): `Nov 25 08:41:04 Updated: httpd-2.4.6-67.el7.centos.6.x86_64`. */
const YUM = /^(?:Installed|Updated|Erased|Dep-Installed|Obsoleted|Reinstalled): \S/;

export const yumLog: TextFormat = {
  id: 'yum-log',
  title: 'yum log',
  recognise: (head) => shareOfLines(head, (line) => YUM.test(line.slice(readSyslogStamp(line)?.rest ?? line.length))),
  open: (sink) => ({
    line(text, line) {
      if (text.trim() === '') return;
      const found = readSyslogStamp(text);
      const rest = found ? text.slice(found.rest) : '';
      if (found && YUM.test(rest)) sink.event(found.stamp, change(rest), line, text);
      else sink.unreadable(line, text);
    },
    end() {},
  }),
};

/** fail2ban.log (fail2ban/server/server.py): `2018-09-12 11:45:58,727 fail2ban.actions        [25029]: NOTICE  [sshd] Ban 203.0.113.1`. */
const FAIL2BAN = /^fail2ban\.[a-z0-9_.]{1,40} {0,30}\[\d{1,10}\]: [A-Z]{4,12} {1,8}/;

export const fail2banLog: TextFormat = {
  id: 'fail2ban-log',
  title: 'fail2ban log',
  recognise: (head) => shareOfLines(head, (line) => FAIL2BAN.test(readLocal(line)?.rest ?? '')),
  open: (sink) => ({
    line(text, line) {
      if (text.trim() === '') return;
      const found = readLocal(text);
      const prefix = found && FAIL2BAN.exec(found.rest);
      if (!found || !prefix) {
        sink.unreadable(line, text);
        return;
      }
      const ban = readBan(found.rest.slice(prefix[0].length));
      if (ban) sink.event(found.stamp, ban, line, text);
      else sink.seen(found.stamp);
    },
    end() {},
  }),
};

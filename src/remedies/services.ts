// Services: clear the pile by restarting the web server, start what is down, stop a process that takes the memory.
import type { Preview, Remedy } from '../model/remedy.ts';
import { safeProgram, safeUnit } from './safe.ts';
import { forApache, forNginx } from './shell.ts';

const DATABASE = /^(?:mariadb|mysql|mysqld|percona)(?:@[\w.-]+)?(?:\.service)?$/;

export const restartWeb: Remedy<'restart-web'> = {
  kind: 'restart-web',

  preview(_plan, host): Preview {
    return {
      title: 'Restart the web server, so that the pile of workers and the queue of connections are gone',
      commands: [
        '# Block or deny what causes the pile first, else it grows again at once.',
        ...forApache(host, [
          '# Apache on Debian and Ubuntu (RHEL: apachectl, httpd)',
          '# PHP-FPM, where it runs, first: Apache waits for what it was asked for',
          '# At once, not gracefully as the unit would: that waits for the pile',
          'apache2ctl configtest && systemctl kill --kill-who=main --signal=SIGTERM apache2 && systemctl stop apache2',
          '# It waits 10 s for PHP processes that hang, unless they are ended, by pid: kill PID',
          'systemctl is-active apache2; pgrep -a php-cgi',
          'systemctl start apache2',
        ]),
        ...forNginx(host, [
          '# nginx with PHP-FPM: PHP-FPM holds the pile (its unit: systemctl list-units "php*-fpm*")',
          'nginx -t && systemctl restart php8.2-fpm nginx',
        ]),
        '# Proof: the front page answers at once, and the workers are few',
        "curl -s -o /dev/null -w '%{http_code} %{time_total} s\\n' http://localhost/",
        'ps -C php-cgi,php-fpm8.2 --no-headers | wc -l',
      ],
      undo: [],
    };
  },

  reach: () => undefined,
};

export const startService: Remedy<'start-service'> = {
  kind: 'start-service',

  preview(plan): Preview {
    const unit = safeUnit(plan.service);
    if (unit === undefined) {
      return {
        title: 'Start the service that is down, by hand',
        commands: [
          '# Its name holds odd characters and is not repeated here.',
          'systemctl list-units --state=failed --no-pager',
        ],
        undo: [],
      };
    }
    const database = DATABASE.test(unit);
    return {
      title: `Start ${unit} and see that it stays up`,
      commands: [
        ...(database
          ? [
              '# Not while the cause goes on: under a flood it is killed again within seconds. Is there memory?',
              'free -m',
            ]
          : []),
        `systemctl reset-failed ${unit}; systemctl start ${unit}`,
        `systemctl status --no-pager ${unit}`,
        ...(database
          ? [
              '# Crash recovery takes its time: leave it alone while its log moves on.',
              `journalctl -u ${unit} -n 50 --no-pager`,
              'mysqladmin ping',
            ]
          : [`journalctl -u ${unit} -n 50 --no-pager`]),
      ],
      undo: [`systemctl stop ${unit}`],
    };
  },

  reach: () => undefined,
};

export const stopProcess: Remedy<'stop-process'> = {
  kind: 'stop-process',

  preview(plan): Preview {
    const program = safeProgram(plan.program);
    return {
      title: program === undefined ? 'Stop the process that took the memory' : `Stop ${program}, which took the memory`,
      commands: [
        'ps -eo pid,ppid,user,rss,etime,args --sort=-rss | head',
        '# Look what it is and who needs it; PID is the pid that was printed. Then, and only that one:',
        ...(program === undefined ? [] : [`pgrep -a -f ${escapePattern(program)}`]),
        'systemctl status --no-pager PID',
        '# A unit: systemctl stop UNIT. No unit: kill PID, and kill -KILL PID when it is still there after 10 s.',
        '# For good, a limit of its own, so that it is the one to go (MemoryMax= of systemd.resource-control(5)):',
        '#   systemctl set-property UNIT MemoryMax=300M',
      ],
      undo: [
        '# systemctl start UNIT, or start it as it was started before; systemctl set-property UNIT MemoryMax=infinity',
      ],
    };
  },

  reach: () => undefined,
};

/** pgrep(1) takes an extended regular expression; the name is already of plain characters. */
function escapePattern(program: string): string {
  return `'${program.replace(/[.+]/g, '[$&]')}'`;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programName, programsOf } from './programs.ts';

describe('the name of a program', () => {
  it.each([
    ['/usr/sbin/apache2 -f /etc/web/httpd.conf -k start', 'apache2'],
    ['php-fpm: pool www', 'php-fpm'],
    ['php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)', 'php-fpm: master'],
    ['/usr/sbin/php-fpm8.2 --nodaemonize', 'php-fpm'],
    ['nginx: worker process', 'nginx'],
    ['nginx: master process /usr/sbin/nginx -g daemon on;', 'nginx: master'],
    ['/usr/bin/php8.2 /var/www/html/wp-content/cron.php', 'php8.2'],
    ['/usr/bin/php-cgi', 'php-cgi'],
    ['sshd: root@pts/0', 'sshd'],
    ['-bash', 'bash'],
    ['[php-cgi] <defunct>', 'php-cgi'],
    ['[kworker/0:1]', undefined],
  ])('of %s is %s', (args, name) => {
    expect(programName({ pid: 100, args })).toBe(name);
  });
  it('is none for a kernel thread as top prints it', () => {
    expect(programName({ pid: 9, args: 'kworker/0:1H', rssKb: 0, state: 'I' })).toBeUndefined();
    expect(programName({ pid: 900, args: 'md5sum', rssKb: 800, state: 'R' })).toBe('md5sum');
  });
});

describe('processes by program', () => {
  it('adds up workers, and keeps zombies out of memory and age', () => {
    const worker = { user: 'www-data', args: '/usr/bin/php-cgi' };
    const { programs, largest } = programsOf([
      { pid: 2, args: '[kthreadd]', user: 'root', rssKb: 0 },
      { pid: 10, ...worker, rssKb: 50, pssKb: 30, elapsedS: 5, state: 'S', oomScore: 60 },
      { pid: 11, ...worker, rssKb: 70, pssKb: 35, elapsedS: 9, state: 'D', oomScore: 70 },
      { pid: 12, ...worker, args: '[php-cgi] <defunct>', rssKb: 0, elapsedS: 99, state: 'Z' },
      { pid: 13, args: '/usr/sbin/mariadbd', user: 'mysql', rssKb: 500, state: 'R' },
    ]);
    expect(programs).toEqual([
      {
        name: 'mariadbd',
        count: 1,
        users: ['mysql'],
        blocked: 0,
        running: 1,
        zombies: 0,
        rssKb: 500,
        largestRssKb: 500,
        largestPid: 13,
      },
      {
        name: 'php-cgi',
        count: 3,
        users: ['www-data'],
        blocked: 1,
        running: 0,
        zombies: 1,
        rssKb: 120,
        pssKb: 65,
        largestRssKb: 70,
        largestPid: 11,
        oldestS: 9,
        medianS: 5,
        maxOomScore: 70,
      },
    ]);
    expect(largest.map((p) => p.pid)).toEqual([13, 11, 10]);
  });
  it('loses no process and no memory, and the largest come first', () => {
    const process = fc.record({
      pid: fc.nat(99_999),
      rssKb: fc.nat(1_000_000),
      args: fc.stringMatching(/^\/bin\/[a-z]{1,3}( -[a-z])?$/),
    });
    fc.assert(
      fc.property(fc.array(process, { maxLength: 40 }), (processes) => {
        const { programs, largest } = programsOf(processes);
        const sum = (figures: number[]) => figures.reduce((a, b) => a + b, 0);
        expect(sum(programs.map((p) => p.count))).toBe(processes.length);
        expect(sum(programs.map((p) => p.rssKb ?? 0))).toBe(sum(processes.map((p) => p.rssKb)));
        const sizes = processes
          .map((p) => p.rssKb)
          .filter((size) => size > 0)
          .sort((a, b) => b - a);
        expect(largest.map((p) => p.rssKb)).toEqual(sizes.slice(0, 8));
      }),
    );
  });
  it('never throws on any name', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (args) =>
          void programsOf([
            { pid: 1, args, rssKb: 0 },
            { pid: 2, args, state: 'Z' },
          ]),
      ),
    );
  });
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventPayload, OomKill } from '../../model/event.ts';
import { dmesg } from './dmesg.ts';
import { kernelReader } from './kernel.ts';
import { iso, readText } from './recording-sink.ts';

function read(lines: readonly string[]): { payload: EventPayload; origin: number }[] {
  const reader = kernelReader<number>();
  return [...lines.flatMap((line, i) => reader.line(line, i + 1)), ...reader.end()];
}

function kills(lines: readonly string[]): OomKill[] {
  return read(lines).flatMap(({ payload }) => (payload.kind === 'oom-kill' ? [payload] : []));
}

describe('OOM reports', () => {
  it('of a full cgroup (6.18) give each kill once, with who else was there', () => {
    const log = readFileSync(new URL('../../../cases/pingback-flood/logs/kernel.log', import.meta.url), 'utf8');
    const told = readText(dmesg, log);
    const oom = told.events.flatMap((event) =>
      event.payload.kind === 'oom-kill' ? [{ ...event, payload: event.payload }] : [],
    );
    expect(oom).toHaveLength(log.match(/: Killed process \d+/g)?.length ?? 0);
    expect(oom[0]?.line).toBe(119);
    expect(iso(oom[0]?.stamp)).toBe('2026-11-22T10:07:22.092Z absolute');
    expect(oom[0]?.payload).toEqual({
      kind: 'oom-kill',
      pid: 5601,
      name: 'mariadbd',
      scope: 'cgroup',
      cgroup: '/system.slice',
      limitKb: 524288,
      totalVmKb: 8591224288,
      anonRssKb: 67236,
      fileRssKb: 18092,
      oomScoreAdj: 0,
      invokedBy: 'mariadbd',
      tasks: [
        { name: 'php-cgi', count: 26, rssKb: 621244, anonKb: 436608, largestKb: 46504, largestPid: 6557 },
        { name: 'mariadbd', count: 1, rssKb: 85328, anonKb: 67236, largestKb: 85328, largestPid: 5601 },
        { name: 'apache2', count: 5, rssKb: 24612, anonKb: 8328, largestKb: 7120, largestPid: 5624 },
      ],
    });
    expect(told.unreadable).toEqual([]);
  });

  it('of a whole host (3.10), where the kill is announced and then told', () => {
    const [kill, ...more] = kills([
      'mysqld invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0',
      'mysqld cpuset=/ mems_allowed=0',
      'Free swap  = 0kB',
      'Total swap = 1023996kB',
      '2097136 pages RAM',
      '59776 pages reserved',
      '[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name',
      '[  613]    27   613   337030    80592     220     4096             0 mysqld',
      'TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.  Check SNMP counters.',
      '[ 3985]    33  3985    56617      609     101     1588             0 apache2',
      '[ 3986]    33  3986    56617      700     101     1588             0 apache2',
      'Out of memory: Kill process 613 (mysqld) score 311 or sacrifice child',
      'Killed process 613 (mysqld) total-vm:1348120kB, anon-rss:322368kB, file-rss:0kB',
    ]);
    expect(more).toEqual([]);
    expect(kill).toEqual({
      kind: 'oom-kill',
      pid: 613,
      name: 'mysqld',
      scope: 'global',
      totalVmKb: 1348120,
      anonRssKb: 322368,
      fileRssKb: 0,
      score: 311,
      invokedBy: 'mysqld',
      memTotalKb: (2097136 - 59776) * 4,
      swapTotalKb: 1023996,
      swapFreeKb: 0,
      tasks: [
        { name: 'mysqld', count: 1, rssKb: 322368, largestKb: 322368, largestPid: 613 },
        { name: 'apache2', count: 2, rssKb: 5236, largestKb: 2800, largestPid: 3986 },
      ],
    });
  });

  it.each([
    [
      '2.6.32, Red Hat',
      [
        'Out of memory: Kill process 31809 (mysqld) score 52 or sacrifice child',
        'Killed process 31809, UID 501, (mysqld) total-vm:819272kB, anon-rss:103500kB, file-rss:3880kB',
      ],
      { pid: 31809, name: 'mysqld', score: 52, anonRssKb: 103500 },
    ],
    [
      '2.6.32, Ubuntu: a child died',
      ['Out of memory: kill process 4944 (apache2) score 261991 or a child', 'Killed process 22575 (apache2)'],
      { pid: 22575, name: 'apache2' },
    ],
    [
      '3.10 of Red Hat 7.9',
      [
        'Killed process 21945 (tidb-server), UID 1000, total-vm:33027492kB, anon-rss:31303276kB, file-rss:0kB, shmem-rss:0kB',
      ],
      { pid: 21945, name: 'tidb-server', totalVmKb: 33027492 },
    ],
    [
      '4.x in a cgroup',
      [
        'Task in /1037/uid killed as a result of limit of /1037',
        'memory: usage 102400kB, limit 102400kB, failcnt 736',
        'Memory cgroup out of memory: Kill process 1331 (mysqld) score 2250 or sacrifice child',
        'Killed process 1331 (mysqld) total-vm:1517000kB, anon-rss:126500kB, file-rss:42740kB, shmem-rss:0kB',
        'oom_reaper: reaped process 1331 (mysqld), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
      ],
      { pid: 1331, scope: 'cgroup', cgroup: '/1037', limitKb: 102400, score: 2250 },
    ],
    [
      '5.x of a whole host',
      [
        'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=user.slice,mems_allowed=0,global_oom,task_memcg=/system.slice/mariadb.service,task=mariadbd,pid=1256690,uid=113',
        'Out of memory: Killed process 1256690 (mariadbd) total-vm:19512460kB, anon-rss:14902200kB, file-rss:0kB, shmem-rss:0kB, UID:113 pgtables:33628kB oom_score_adj:0',
      ],
      { pid: 1256690, scope: 'global', anonRssKb: 14902200, oomScoreAdj: 0 },
    ],
    [
      'only the reaper is left of the report',
      ['oom_reaper: reaped process 5601 (mariadbd), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB'],
      { pid: 5601, name: 'mariadbd' },
    ],
    [
      'the end is cut off',
      ['Out of memory: Kill process 613 (mysqld) score 311 or sacrifice child'],
      { pid: 613, score: 311 },
    ],
  ])('of another kernel: %s', (_kernel, lines, expected) => {
    const found = kills(lines);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ ...expected, tasks: [] });
  });

  it('whose head was cut off or filtered out give no table, for the largest may be missing', () => {
    const found = kills([
      '[ 1750]   999  1750  5186616   874771    2262        0             0 mysqld',
      'Out of memory: Kill process 1750 (mysqld) score 215 or sacrifice child',
      'Killed process 1750 (mysqld) total-vm:20746464kB, anon-rss:3499084kB, file-rss:0kB, shmem-rss:0kB',
      '[12657]   999 12657  2213712   179707     607        0             0 mysqld',
    ]);
    expect(found).toMatchObject([{ pid: 1750, tasks: [] }]);
  });

  it('read names with blanks, brackets and digits', () => {
    const found = kills([
      'npm start invoked oom-killer: gfp_mask=0x1100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0',
      '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
      '[    700]     0   700    10000     2000    53248        0             0 (sd-pam)',
      '[    701]     0   701    10000     1000    53248        0             0 npm start',
      '[    702]     0   702    10000      500    53248        0             0 7 zip',
      'Out of memory: Killed process 700 ((sd-pam)) total-vm:40000kB, anon-rss:8000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:52kB oom_score_adj:0',
    ]);
    expect(found).toMatchObject([
      {
        name: '(sd-pam)',
        invokedBy: 'npm start',
        tasks: [{ name: '(sd-pam)' }, { name: 'npm start' }, { name: '7 zip', rssKb: 2000 }],
      },
    ]);
  });

  it('keep two kills apart: what one report said is not said of the next', () => {
    const [first, second] = kills([
      'a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
      'Memory cgroup stats for /system.slice:',
      'Memory cgroup out of memory: Killed process 1 (a) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0',
      'Out of memory: Killed process 2 (b) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:-500',
    ]);
    expect(first).toMatchObject({ pid: 1, scope: 'cgroup', cgroup: '/system.slice', invokedBy: 'a' });
    expect(second).toMatchObject({ pid: 2, scope: 'global', oomScoreAdj: -500 });
    expect(second).not.toHaveProperty('invokedBy');
  });

  it('add up to the table, whatever is in it', () => {
    const row = fc.record({
      pid: fc.nat(99999),
      rss: fc.nat(500000),
      name: fc.constantFrom('php-cgi', 'mysqld', 'a b', 'apache2'),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 50 }), (rows) => {
        const table = rows.map(
          (r) =>
            `[${String(r.pid).padStart(5)}]    33 ${String(r.pid).padStart(5)}   100000 ${String(r.rss).padStart(8)}     101     1588             0 ${r.name}`,
        );
        const head = '[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name';
        const [kill] = kills([head, ...table, 'Killed process 1 (x) total-vm:1kB, anon-rss:1kB, file-rss:0kB']);
        const sum = (key: 'count' | 'rssKb'): number => kill?.tasks.reduce((all, task) => all + task[key], 0) ?? 0;
        expect(sum('count')).toBe(rows.length);
        expect(sum('rssKb')).toBe(rows.reduce((all, r) => all + r.rss * 4, 0));
      }),
    );
  });

  it('never throw, in whatever order and however cut their lines come', () => {
    const log = readFileSync(new URL('../../../cases/flash-crowd/logs/kernel.log', import.meta.url), 'utf8')
      .split('\n')
      .map((line) => line.slice(33));
    const line = fc.oneof(
      fc.constantFrom(...log),
      fc.string({ unit: 'binary' }),
      fc.string().map((s) => `[ pid ] uid tgid total_vm rss ${s}`),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        for (const { origin } of read(lines)) expect(origin).toBeLessThanOrEqual(lines.length);
      }),
    );
  });
});

describe('other messages of the kernel', () => {
  it.each([
    [
      'mysqld[1234]: segfault at 0 ip 000055a4a1b2c3d4 sp 00007ffd1b2c3d40 error 4 in mysqld[55a4a1000000+1000000]',
      { what: 'segfault', process: 'mysqld', pid: 1234 },
    ],
    [
      'traps: nano[3312930] general protection fault ip:14f27ed59a3f sp:7fffd97387b8 error:0 in libncursesw.so.6.5[14f27ed45000+25000]',
      { what: 'segfault', process: 'nano', pid: 3312930 },
    ],
    ['TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.', { what: 'syn-flood', port: 80 }],
    [
      'TCP: request_sock_TCP: Possible SYN flooding on port 127.0.0.1:23456. Sending cookies.',
      { what: 'syn-flood', port: 23456 },
    ],
    [
      'TCP: request_sock_subflow_v4: Possible SYN flooding on port [::]:20002. Sending cookies.',
      { what: 'syn-flood', port: 20002 },
    ],
    ['[16508.733356] possible SYN flooding on port 4671. Sending cookies.', { what: 'syn-flood', port: 4671 }],
    ['nf_conntrack: nf_conntrack: table full, dropping packet', { what: 'conntrack-full' }],
    [
      'EXT4-fs error (device dm-17): ext4_journal_check_start:87: comm mosquitto: Detected aborted journal',
      { what: 'filesystem-error' },
    ],
    ['EXT4-fs (dm-17): Remounting filesystem read-only', { what: 'read-only' }],
    ['Aborting journal on device sdb7-8.', { what: 'filesystem-error' }],
    [
      'blk_update_request: I/O error, dev nvme0n1, sector 32776 op 0x1:(WRITE) flags 0x3000 phys_seg 6 prio class 0',
      { what: 'io-error' },
    ],
    ['[T19113] Buffer I/O error on dev sda, logical block 0, lost async page write', { what: 'io-error' }],
    ['INFO: task mysqld:1234 blocked for more than 120 seconds.', { what: 'hung-task', process: 'mysqld', pid: 1234 }],
    [
      'cgroup: fork rejected by pids controller in /user.slice/user-1000.slice/session-7.scope',
      { what: 'fork-rejected' },
    ],
    [
      'Linux version 6.18.44-fc-v782 (builder@sandboxing) (gcc (GCC) 15.3.0, GNU ld (GNU Binutils) 2.46) #1 SMP PREEMPT_DYNAMIC @0',
      { what: 'boot' },
    ],
  ])('are understood: %s', (line, expected) => {
    expect(read([line])).toEqual([{ payload: { kind: 'kernel', ...expected }, origin: 1 }]);
  });

  it.each([
    'blk_update_request: I/O error, dev fd0, sector 0',
    'EXT4-fs (sda1): mounted filesystem with ordered data mode',
    'lo: left promiscuous mode',
  ])('are passed over when harmless: %s', (line) => {
    expect(read([line])).toEqual([]);
  });
});

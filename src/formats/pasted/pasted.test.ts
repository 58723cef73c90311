import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programsOf } from '../../model/programs.ts';
import { pastedAny, pastedFormats } from './index.ts';
import { readSamples } from './read-samples.fixture.ts';

const CASE = new URL('../../../cases/wordpress-2017/', import.meta.url);
const read = (text: string) => readSamples(pastedAny, text);
const only = (text: string) => {
  const { samples, unreadable } = read(text);
  expect(unreadable).toEqual([]);
  expect(samples).toHaveLength(1);
  const [sample] = samples;
  if (!sample) throw new Error('no sample');
  return sample;
};

const PS_AUX = `USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
root         1  0.0  0.0  38660 11908 ?        S<Ll 11:52   0:00 /process_api --firecracker-init --addr 0.0.0.0:2024
root         2  0.0  0.0      0     0 ?        S    11:52   0:00 [kthreadd]
root     12636  0.0  0.0  12972  7048 ?        S    12:05   0:00  \\_ apt-get -o DPkg::Lock::Timeout=300 install -y
www-data  4711 99.5  0.0      0     0 ?        Z    Nov21   1:02 [php-cgi] <defunct>`;
const TOP = `top - 12:05:16 up 13 min,  0 user,  load average: 0.45, 0.18, 0.10
Tasks:  85 total,   1 running,  84 sleeping,   0 stopped,   0 zombie
%Cpu(s):  0.0 us,100.0 sy,  0.0 ni,  0.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st 
MiB Mem :  24105.1 total,  23026.5 free,    434.3 used,    894.8 buff/cache     
MiB Swap:      0.0 total,      0.0 free,      0.0 used.  23670.8 avail Mem 

  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND
    1 root      10 -10   38660  11908   5916 S   0.0   0.0   0:00.72 process_api
    2 root      20   0       0      0      0 S   0.0   0.0   0:00.00 kthreadd
 4711 mysql     20   0 1788956 118.3m   8120 D  12.5  46.1   1:07.01 mariadbd`;
const FREE = `               total        used        free      shared  buff/cache   available
Mem:        24683656      446916    23576824        8952      916368    24236740
Swap:              0           0           0`;

describe('processes that a person pastes', () => {
  it('counts the pile-up of the founding incident', () => {
    const { data, stamp } = only(readFileSync(new URL('ps-ef.txt', CASE), 'utf8'));
    expect(stamp).toBeUndefined();
    const { programs } = programsOf(data.processes ?? []);
    expect(programs.find((p) => p.name === 'php-cgi')?.count).toBe(96);
    expect(data.processes?.[1]).toEqual({
      pid: 18101,
      ppid: 1,
      user: 'root',
      cpuPercent: 0,
      args: '/usr/sbin/httpd -k start',
    });
  });
  it('reads ps aux, with trees, zombies and start dates', () => {
    const { data } = only(PS_AUX);
    expect(data.processes?.map((p) => [p.pid, p.user, p.state, p.rssKb])).toEqual([
      [1, 'root', 'S', 11908],
      [2, 'root', 'S', 0],
      [12636, 'root', 'S', 7048],
      [4711, 'www-data', 'Z', 0],
    ]);
    expect(data.processes?.[2]?.args).toBe('apt-get -o DPkg::Lock::Timeout=300 install -y');
  });
  it('reads columns that were asked for, dates of five words among them', () => {
    const { data } =
      only(`  PID  PPID USER     STAT     ELAPSED ELAPSED   RSS   PSS    VSZ %CPU %MEM                  STARTED  OOM WCHAN                COMMAND         COMMAND
    1     0 root     S<Ll    2-01:13:12     792 11908     0  38660  0.0  0.0 Sun Nov 22 11:52:03 2026  668 -                    process_api     /process_api --firecracker-init`);
    expect(data.processes).toEqual([
      {
        pid: 1,
        ppid: 0,
        user: 'root',
        state: 'S',
        elapsedS: 177_192,
        rssKb: 11908,
        cpuPercent: 0,
        oomScore: 2,
        args: '/process_api --firecracker-init',
      },
    ]);
  });
  it('goes on behind a command line that was wrapped, and takes no log line for a process', () => {
    const { samples, unreadable } = read(`UID        PID  PPID  C STIME TTY          TIME CMD
root     18101     1  0 12:04 ?        00:00:01 /usr/sbin/httpd
-k start
Nov 22 12:12:41 web1 systemd[1]: mariadb.service: Failed with result 'signal'.
wwwuser1 20101 18101  0 12:10 ?        00:00:00 /usr/bin/php-cgi`);
    expect(samples.map((s) => s.data.processes?.map((p) => p.pid))).toEqual([[18101, 20101]]);
    expect(unreadable).toHaveLength(2);
  });
  it('reads a command that stands in the middle', () => {
    const { data } = only('  PID COMMAND           RSS\n  812 Web Content     48213\n');
    expect(data.processes).toEqual([{ pid: 812, args: 'Web Content', rssKb: 48213 }]);
  });
});

describe('top, uptime, free', () => {
  it('reads load, memory and processes of top -b, a sample each time', () => {
    const { samples, unreadable } = read(`${TOP}\n\n${TOP.replace('12:05:16', '12:05:19')}`);
    expect(unreadable).toEqual([]);
    expect(samples.map((s) => s.stamp?.ms)).toEqual([43_516_000, 43_519_000]);
    expect(samples[1]?.data).toMatchObject({
      load: [0.45, 0.18, 0.1],
      uptimeS: 780,
      memory: { totalKb: 24_683_622, freeKb: 23_579_136, availableKb: 24_238_899, swapTotalKb: 0 },
    });
    expect(samples[1]?.data.processes?.[2]).toMatchObject({ rssKb: 121_139, state: 'D', args: 'mariadbd' });
  });
  it('reads the top of old releases', () => {
    const { data } = only(`top - 10:07:22 up 41 days,  3:41,  1 user,  load average: 135.00, 95.01, 55.05
Tasks: 243 total,   9 running, 234 sleeping,   0 stopped,   0 zombie
Cpu(s): 22.1%us,  9.0%sy,  0.0%ni,  0.0%id, 68.1%wa,  0.0%hi,  0.3%si,  0.5%st
Mem:   1016476k total,   948772k used,    67704k free,     3000k buffers
Swap:  2064376k total,   948772k used,  1115604k free,    52124k cached

  PID USER      PR  NI  VIRT  RES  SHR S %CPU %MEM    TIME+  COMMAND
18231 apache    20   0  310m  54m 8120 R 12.5  5.4   0:01.01 httpd`);
    expect(data.uptimeS).toBe(41 * 86_400 + 3 * 3600 + 41 * 60);
    expect(data.memory).toEqual({
      totalKb: 1_016_476,
      freeKb: 67_704,
      swapTotalKb: 2_064_376,
      swapFreeKb: 1_115_604,
      cachedKb: 52_124,
    });
    expect(data.processes?.[0]?.rssKb).toBe(55_296);
  });
  it('counts the cores of top -1, which prints two of them a line, and memory beside swap', () => {
    const { data } = only(`top - 12:25:44 up 33 min,  0 user,  load average: 0.63, 0.51, 0.27
Tasks:  88 total,   1 running,  87 sleeping,   0 stopped,   0 zombie
%Cpu0  :  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st   %Cpu1  :  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st 
MiB Mem :  24105.1 total,  23323.4 free,    348.3 used,    692.8 buff/cache       MiB Swap:      0.0 total,      0.0 free,      0.0 used.  23756.8 avail Mem `);
    expect(data.cpus).toBe(2);
    expect(data.memory).toMatchObject({ totalKb: 24_683_622, swapTotalKb: 0, availableKb: 24_326_963 });
  });
  it('reads uptime as a time of day without a date', () => {
    const sample = only(readFileSync(new URL('uptime.txt', CASE), 'utf8'));
    expect(sample.stamp).toEqual({ ms: ((12 * 60 + 12) * 60 + 40) * 1000, clock: 'local' });
    expect(sample.data).toEqual({ uptimeS: 540, load: [135, 95.01, 55.05] });
  });
  it('reads w with its sessions, and a decimal comma', () => {
    const { data } = only(` 12:05:16 up 1 day, 13 min,  2 users,  load average: 0,45, 0,18, 0,10
USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT
root     pts/0    198.51.100.7     09:31    1.00s  0.04s  0.00s w`);
    expect(data).toEqual({ uptimeS: 87_180, load: [0.45, 0.18, 0.1] });
  });
  it.each([
    ['default', FREE, 24_683_656, 24_236_740],
    [
      'free -m without the command',
      FREE.replace('24683656      446916', '   24105         436')
        .replace('23576824', '   23024')
        .replace('24236740', '   23668'),
      24_683_520,
      24_236_032,
    ],
    [
      'free -h',
      `               total        used        free      shared  buff/cache   available
Mem:            23Gi       436Mi        22Gi       8.7Mi       894Mi        23Gi
Swap:             0B          0B          0B`,
      24_117_248,
      24_117_248,
    ],
    [
      'the old form',
      `             total       used       free     shared    buffers     cached
Mem:        507008     432908      74100          0      14700     186816
-/+ buffers/cache:     231392     275616
Swap:      1485972          0    1485972`,
      507_008,
      275_616,
    ],
  ])('reads free: %s', (_, text, totalKb, availableKb) => {
    expect(only(text).data.memory).toMatchObject({ totalKb, availableKb });
  });
  it('believes the command about the unit', () => {
    const { samples } = read(`$ free -g\n${FREE.replaceAll(/\d{5,}/g, '3')}`);
    expect(samples[0]?.data.memory?.totalKb).toBe(3 * 1024 ** 2);
  });
});

describe('disks', () => {
  it('reads df -h, df -i and df -T', () => {
    const { samples, unreadable } = read(`# df -h
Filesystem               Size  Used Avail Use% Mounted on
tmpfs                     24G     0   24G   0% /dev/shm
/dev/vda                 252G   23G   80G  23% /
/dev/mapper/vg_web1-lv_var_log
                         9.9G  9.9G     0 100% /var/my logs
# df -i
Filesystem                Inodes  IUsed    IFree IUse% Mounted on
/dev/vda                16777216 416707 16360509    3% /
# df -T
Filesystem              Type     1K-blocks     Used Available Use% Mounted on
devtmpfs                devtmpfs  12334432        0  12334432   0% /dev`);
    expect(unreadable).toEqual([]);
    expect(samples.map((s) => s.data.disks?.at(-1))).toEqual([
      { mount: '/var/my logs', device: '/dev/mapper/vg_web1-lv_var_log', sizeKb: 10_380_902, availableKb: 0 },
      { mount: '/', device: '/dev/vda', inodes: 16_777_216, inodesFree: 16_360_509 },
      { mount: '/dev', device: 'devtmpfs', sizeKb: 12_334_432, availableKb: 12_334_432 },
    ]);
    expect(samples[0]?.text).toContain('100%');
  });
});

describe('sockets', () => {
  it('gathers ss -tan by peer, state and side', () => {
    const { data } = only(`State     Recv-Q Send-Q      Local Address:Port        Peer Address:Port Process
LISTEN    129    128               0.0.0.0:80               0.0.0.0:*           
TIME-WAIT 0      0               192.0.2.2:54596       203.0.113.80:80          
ESTAB     0      0               192.0.2.2:80          203.0.113.66:46256       
ESTAB     0      0      [::ffff:192.0.2.2]:80 [::ffff:203.0.113.66]:46246       
SYN-RECV  0      0                   [::1]:443          [2001:DB8::1]:36696       `);
    expect(data.listen).toEqual([{ port: 80, queued: 129, backlog: 128 }]);
    expect(data.connections).toEqual([
      { peer: '203.0.113.80', state: 'TIME-WAIT', count: 1, peerPort: 80 },
      { peer: '203.0.113.66', state: 'ESTAB', count: 2, localPort: 80 },
      { peer: '2001:db8::1', state: 'SYN-RECV', count: 1, localPort: 443 },
    ]);
  });
  it('passes over the details of ss -tnpi', () => {
    const { data } =
      only(`State Recv-Q Send-Q      Local Address:Port        Peer Address:Port Process                       
ESTAB 0      0               127.0.0.1:8399           127.0.0.1:36418 users:(("apache2",pid=25999,fd=9))
\t bbr wscale:10,10 rto:6156 rtt:0.045/0.022 ato:40 mss:32768 pmtu:65535 rcvmss:536 advmss:65483 cwnd:10
`);
    expect(data.connections).toEqual([{ peer: '127.0.0.1', state: 'ESTAB', count: 1, localPort: 8399 }]);
  });
  it('reads totals of ss -s, and netstat in the words of ss', () => {
    const { samples } = read(`Total: 15
TCP:   9 (estab 3, closed 8, orphaned 0, synrecv 512, timewait 8/0), ports 0

Transport Total     IP        IPv6
RAW\t  0         0         0        
Active Internet connections (servers and established)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    
tcp        0      0 0.0.0.0:2024            0.0.0.0:*               LISTEN      -                   
tcp6       0      0 192.0.2.2:80            203.0.113.80:40000      TIME_WAIT   -                   
Active UNIX domain sockets (servers and established)
Proto RefCnt Flags       Type       State         I-Node   Path
unix  3      [ ]         STREAM     CONNECTED     1141     `);
    expect(samples.map((s) => s.data)).toEqual([
      {
        connectionCounts: [
          { state: 'ESTAB', count: 3 },
          { state: 'SYN-RECV', count: 512 },
          { state: 'TIME-WAIT', count: 8 },
        ],
      },
      { connections: [{ peer: '203.0.113.80', state: 'TIME-WAIT', count: 1, localPort: 80 }] },
    ]);
  });
});

describe('repeated measurements', () => {
  it('reads vmstat 1, but not the average since boot as a state', () => {
    const { samples } = read(`procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
 2  0      0 23574992  27188 889992  400  400   527   675  253  522  4  1 94  0  0
 2  0      0 23574992  27188 889992  800   40    84 22748 3491 7979 26 22 49  5  0`);
    expect(samples.map((s) => s.data.swapping)).toEqual([undefined, { inPerS: 200, outPerS: 10 }]);
  });
  it('reads the candidate of dstat --top-oom with its time', () => {
    const { samples, unreadable } = read(`----system---- --out-of-memory--- --most-expensive-
     time     |    kill score    |  memory process 
22-11 12:05:18|apt-get       668 |apt-get     57.8M
22-11 12:05:19|mariadbd      669 |mariadbd     118M`);
    expect(unreadable).toEqual([]);
    expect(samples.map((s) => s.data.oomCandidate)).toEqual([
      { name: 'apt-get', score: 668 },
      { name: 'mariadbd', score: 669 },
    ]);
    expect(samples[1]?.stamp).toEqual({ ms: Date.UTC(2000, 10, 22, 12, 5, 19), clock: 'yearless' });
    expect(only('--out-of-memory---\n    kill score    \napt-get       668 ').data.oomCandidate?.score).toBe(668);
  });
  it('takes the date of watch and of date for what follows', () => {
    const { samples } = read(`Every 2.0s: free                           web1: Sun Nov 22 12:05:23 2026

${FREE}
$ while true; do date; free; sleep 1; done
Sun Nov 22 12:05:24 UTC 2026
${FREE}`);
    expect(samples.map((s) => s.stamp)).toEqual([
      { ms: Date.UTC(2026, 10, 22, 12, 5, 23), clock: 'local' },
      { ms: Date.UTC(2026, 10, 22, 12, 5, 24), clock: 'absolute' },
    ]);
  });
});

describe('/proc and the database', () => {
  it('reads meminfo, loadavg and pressure, with and without names', () => {
    const { samples, unreadable } = read(`# cat /proc/loadavg
0.45 0.18 0.10 3/100 15609
# head -3 /proc/meminfo
MemTotal:       24683656 kB
MemFree:        23581208 kB
MemAvailable:   24242280 kB
# tail -n +1 /proc/pressure/*
==> /proc/pressure/cpu <==
some avg10=6.38 avg60=2.65 avg300=0.87 total=7170417
full avg10=0.00 avg60=0.00 avg300=0.00 total=0

==> /proc/pressure/memory <==
some avg10=77.20 avg60=0.00 avg300=0.00 total=0
full avg10=31.00 avg60=0.00 avg300=0.00 total=0
# cat /proc/pressure/io
some avg10=3.20 avg60=1.38 avg300=0.34 total=2108060`);
    expect(unreadable).toEqual([]);
    expect(samples.map((s) => s.data)).toEqual([
      { load: [0.45, 0.18, 0.1] },
      { memory: { totalKb: 24_683_656, freeKb: 23_581_208, availableKb: 24_242_280 } },
      { pressure: { cpuSome: 6.38, memorySome: 77.2, memoryFull: 31 } },
      { pressure: { ioSome: 3.2 } },
    ]);
  });
  it('tells the pressure files apart by their order, and guesses nothing from one', () => {
    const line = (kind: string, value: string) => `${kind} avg10=${value} avg60=0.00 avg300=0.00 total=0\n`;
    const three =
      line('some', '1.00') + line('some', '2.00') + line('full', '2.50') + line('some', '3.00') + line('full', '3.50');
    expect(read(three).samples[0]?.data.pressure).toEqual({
      cpuSome: 1,
      ioSome: 2,
      ioFull: 2.5,
      memorySome: 3,
      memoryFull: 3.5,
    });
    expect(read(line('some', '1.00')).samples).toEqual([]);
  });
  it('reads what mysqladmin and SHOW say', () => {
    const { samples, unreadable } =
      read(`Uptime: 5  Threads: 151  Questions: 3  Slow queries: 0  Opens: 17  Open tables: 10  Queries per second avg: 0.600
+-------------------+-------+
| Variable_name     | Value |
+-------------------+-------+
| Threads_cached    | 0     |
| Threads_connected | 151   |
| Threads_running   | 2     |
+-------------------+-------+
3 rows in set (0.001 sec)

mysqladmin: connect to server at 'localhost' failed
error: 'Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)'
+----+-------------+-----------+------+---------+------+--------------------------+------------------+
| Id | User        | Host      | db   | Command | Time | State                    | Info             |
+----+-------------+-----------+------+---------+------+--------------------------+------------------+
|  1 | system user |           | NULL | Daemon  | NULL | InnoDB purge coordinator | NULL             |
| 30 | wp          | localhost | wp   | Sleep   |    7 |                          | NULL             |
| 31 | wp          | localhost | wp   | Query   |    0 | starting                 | SHOW PROCESSLIST |
+----+-------------+-----------+------+---------+------+--------------------------+------------------+`);
    expect(unreadable).toEqual([]);
    expect(samples.map((s) => s.data.database)).toEqual([
      { alive: true, threadsConnected: 151 },
      { alive: true, threadsConnected: 151, threadsRunning: 2 },
      { alive: false },
      { alive: true, threadsConnected: 2, threadsRunning: 1 },
    ]);
  });
});

describe('a file of several outputs', () => {
  const mixed = `[root@web1 ~]# uptime
 12:12:40 up 9 min,  1 user,  load average: 135.00, 95.01, 55.05
[root@web1 ~]# ps aux
${PS_AUX}
[root@web1 ~]# free
${FREE}
[root@web1 ~]# 
Nov 22 12:12:41 web1 systemd[1]: mariadb.service: Failed with result 'signal'.`;
  it('is cut into its samples; a log line between them is unreadable', () => {
    const { samples, unreadable } = read(mixed);
    expect(samples.map((s) => Object.keys(s.data))).toEqual(
      [['uptimeS', 'load'], ['processes'], ['memory']].map((k) => expect.arrayContaining(k)),
    );
    expect(samples.map((s) => s.line)).toEqual([2, 4, 11]);
    expect(unreadable).toHaveLength(1);
  });
  it('is recognised by its content; logs are not', () => {
    expect(pastedFormats).toEqual([pastedAny]);
    const score = (text: string) => pastedAny.recognise(text.split('\n').slice(0, 200));
    expect(score(mixed)).toBeGreaterThan(0.8);
    expect(score(readFileSync(new URL('ps-ef.txt', CASE), 'utf8'))).toBe(1);
    expect(score(readFileSync(new URL('uptime.txt', CASE), 'utf8'))).toBe(1);
    for (const other of ['journal.txt', 'access_log', 'tcpdump.txt']) {
      expect(score(readFileSync(new URL(other, CASE), 'utf8'))).toBe(0);
    }
  });
});

describe('whatever is pasted', () => {
  const pieces = [PS_AUX, TOP, FREE].flatMap((text) => text.split('\n'));
  const line = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.constantFrom(...pieces),
    fc.tuple(fc.constantFrom(...pieces), fc.nat(120)).map(([text, at]) => text.slice(0, at)),
  );
  it('never throws, and no figure is NaN or negative', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        pastedAny.recognise(lines.length > 0 ? lines : ['']);
        const { samples } = read(lines.join('\n'));
        JSON.stringify(samples, (_, value: unknown) => {
          if (typeof value === 'number') expect(value).toBeGreaterThanOrEqual(0);
          return value;
        });
      }),
    );
  });
  it('reads back every process that a table holds', () => {
    const process = fc.record({
      pid: fc.integer({ min: 1, max: 4_194_304 }),
      rss: fc.nat(10_000_000),
      args: fc.stringMatching(/^\/[a-z][a-z0-9/ .:-]{0,60}[a-z]$/),
    });
    fc.assert(
      fc.property(fc.array(process, { minLength: 1, maxLength: 20 }), (rows) => {
        const table = rows.map((row) => `${String(row.pid).padStart(7)} ${String(row.rss).padStart(6)} ${row.args}`);
        const { samples } = read(['    PID   RSS COMMAND', ...table].join('\n'));
        expect(samples[0]?.data.processes).toEqual(
          rows.map((row) => ({ pid: row.pid, rssKb: row.rss, args: row.args })),
        );
      }),
    );
  });
  it('takes a line of a megabyte in stride', () => {
    const began = performance.now();
    for (const part of ['a', ' ', '-', ' -', '[a', 'up ', '| ', '1.1, ']) {
      read(part.repeat(1_000_000 / part.length));
      read(`${TOP}\n${part.repeat(300)}`);
    }
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

// For tests: what a person pastes, a few lines of each program as it prints them, with the format and the facts that stand in them.

export interface Snippet {
  readonly name: string;
  /** The format's id. */
  readonly format: string;
  /** What the lines tell, as `factsIn` of the test words it. */
  readonly tells: string;
  readonly text: string;
}

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0';

/** Lines of an access log: `line` gets address, second, request, status, bytes, agent. */
function requests(line: (address: string, second: string, request: string, status: number, bytes: number) => string) {
  return [
    line('203.0.113.66', '03', 'POST /xmlrpc.php HTTP/1.0', 200, 370),
    line('198.51.100.7', '03', 'GET / HTTP/1.1', 200, 15234),
    line('198.51.100.7', '04', 'GET /wp-content/themes/astra/style.css?ver=4.1 HTTP/1.1', 200, 8211),
    line('203.0.113.66', '05', 'POST /xmlrpc.php HTTP/1.0', 200, 370),
    line('2001:db8::17', '06', 'GET /shop/?orderby=price HTTP/1.1', 500, 2527),
    line('203.0.113.66', '06', 'POST /xmlrpc.php HTTP/1.0', 200, 370),
  ].join('\n');
}

const clf = (address: string, second: string, request: string, status: number, bytes: number): string =>
  `${address} - - [22/Nov/2026:10:07:${second} +0100] "${request}" ${status} ${bytes}`;

const combined = (...of: Parameters<typeof clf>): string => `${clf(...of)} "-" "${AGENT}"`;

const access: readonly Snippet[] = [
  { name: 'Apache common', text: requests(clf) },
  { name: 'Apache combined', text: requests(combined) },
  { name: 'Apache vhost_combined', text: requests((...of) => `www.example.com:443 ${combined(...of)}`) },
  { name: 'Apache combined with %D', text: requests((...of) => `${combined(...of)} ${of[4] * 17}`) },
  { name: 'Apache combined with %T', text: requests((...of) => `${combined(...of)} ${of[4] % 7}`) },
  { name: 'Apache combined with %I %O', text: requests((...of) => `${combined(...of)} ${of[4] % 900} ${of[4] + 212}`) },
  {
    name: 'Apache combined with X-Forwarded-For behind',
    text: requests((...of) => `${combined(...of)} "192.0.2.${of[1]}"`),
  },
  { name: 'nginx default', text: requests(combined) },
  {
    name: 'nginx with $request_time $upstream_response_time',
    text: requests((...of) => `${combined(...of)} 1.2${of[1]} 1.1${of[1]}`),
  },
  {
    name: 'nginx with rt= and urt=',
    text: requests((...of) => `${combined(...of)} rt=0.1${of[1]} uct="0.000" urt="0.1${of[1]}"`),
  },
  { name: 'LiteSpeed access log', text: requests((...of) => `"${clf(...of)} "-" "${AGENT}""`) },
  {
    name: 'nginx JSON lines',
    text: requests(
      (address, second, request, status, bytes) =>
        `{"time_local":"22/Nov/2026:10:07:${second} +0100","remote_addr":"${address}","remote_user":"","request":"${request}","status": "${status}","body_bytes_sent":"${bytes}","request_time":"0.250","http_referrer":"","http_user_agent":"${AGENT}"}`,
    ),
  },
  {
    name: 'Caddy JSON',
    text: requests((address, second, request, status, bytes) => {
      const [method, uri, proto] = request.split(' ');
      return `{"level":"info","ts":1795338423.${second}1,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"${address}","remote_port":"40928","client_ip":"${address}","proto":"${proto}","method":"${method}","host":"example.com","uri":"${uri}","headers":{"User-Agent":["${AGENT}"],"Accept":["*/*"]}},"bytes_read":0,"user_id":"","duration":0.025,"size":${bytes},"status":${status},"resp_headers":{"Server":["Caddy"]}}`;
    }),
  },
].map((snippet) => ({ ...snippet, format: 'access-log', tells: '6 requests from 3 clients' }));

const system: readonly Snippet[] = [
  {
    name: 'syslog, RFC 3164',
    format: 'syslog',
    tells: 'events: oom-kill, unit killed, unit failed, unit restart-scheduled, unit starting, admin cron',
    text: `Nov 22 10:07:20 web1 kernel: [84321.113355] Out of memory: Killed process 812 (mariadbd) total-vm:1791236kB, anon-rss:181220kB, file-rss:0kB, shmem-rss:0kB, UID:105 pgtables:632kB oom_score_adj:0
Nov 22 10:07:20 web1 systemd[1]: mariadb.service: Main process exited, code=killed, status=9/KILL
Nov 22 10:07:20 web1 systemd[1]: mariadb.service: Failed with result 'signal'.
Nov 22 10:07:25 web1 systemd[1]: mariadb.service: Scheduled restart job, restart counter is at 1.
Nov 22 10:07:25 web1 systemd[1]: Starting mariadb.service - MariaDB 10.11.6 database server...
Nov 22 10:08:01 web1 CRON[9911]: (www-data) CMD (php -q /var/www/wp-cron.php)`,
  },
  {
    name: 'syslog, rsyslog with RFC 3339 stamps',
    format: 'syslog',
    tells: 'events: oom-kill, unit killed, unit failed, admin cron',
    text: `2026-11-22T10:07:20.113355+01:00 web1 kernel: [84321.113355] Out of memory: Killed process 812 (mariadbd) total-vm:1791236kB, anon-rss:181220kB, file-rss:0kB, shmem-rss:0kB, UID:105 pgtables:632kB oom_score_adj:0
2026-11-22T10:07:20.120021+01:00 web1 systemd[1]: mariadb.service: Main process exited, code=killed, status=9/KILL
2026-11-22T10:07:20.120377+01:00 web1 systemd[1]: mariadb.service: Failed with result 'signal'.
2026-11-22T10:08:01.003311+01:00 web1 CRON[9911]: (www-data) CMD (php -q /var/www/wp-cron.php)`,
  },
  {
    name: 'syslog, RFC 5424',
    format: 'syslog',
    tells: 'events: unit killed, unit failed, admin cron',
    text: `<29>1 2026-11-22T10:07:20.120021+01:00 web1 systemd 1 - - mariadb.service: Main process exited, code=killed, status=9/KILL
<29>1 2026-11-22T10:07:20.120377+01:00 web1 systemd 1 - - mariadb.service: Failed with result 'signal'.
<78>1 2026-11-22T10:08:01.003311+01:00 web1 CRON 9911 - - (www-data) CMD (php -q /var/www/wp-cron.php)`,
  },
  {
    name: 'journalctl short',
    format: 'syslog',
    tells: 'events: unit starting, database starting, unit start-timeout, unit failed, unit start-failed',
    text: `-- Journal begins at Sun 2026-10-04 11:20:01 CET, ends at Sun 2026-11-22 10:09:02 CET. --
Nov 22 10:07:25 web1 systemd[1]: Starting MariaDB 10.5.12 database server...
Nov 22 10:07:25 web1 mariadbd[9876]: 2026-11-22 10:07:25 0 [Note] /usr/sbin/mariadbd (mysqld 10.5.12-MariaDB-0+deb11u1) starting as process 9876 ...
Nov 22 10:08:55 web1 systemd[1]: mariadb.service: start operation timed out. Terminating.
Nov 22 10:09:02 web1 systemd[1]: mariadb.service: Failed with result 'timeout'.
Nov 22 10:09:02 web1 systemd[1]: Failed to start MariaDB 10.5.12 database server.`,
  },
  {
    name: 'journalctl short-iso',
    format: 'syslog',
    tells: 'events: unit stopping, unit stopped',
    text: `2026-11-22T10:07:25+0100 web1 systemd[1]: Stopping apache2.service - The Apache HTTP Server...
2026-11-22T10:07:26+0100 web1 systemd[1]: apache2.service: Deactivated successfully.
2026-11-22T10:07:26+0100 web1 systemd[1]: Stopped apache2.service - The Apache HTTP Server.`,
  },
  {
    name: 'journalctl short-precise',
    format: 'syslog',
    tells: 'events: unit stopping, unit stopped',
    text: `Nov 22 10:07:25.083314 web1 systemd[1]: Stopping apache2.service - The Apache HTTP Server...
Nov 22 10:07:26.100201 web1 systemd[1]: apache2.service: Deactivated successfully.
Nov 22 10:07:26.100377 web1 systemd[1]: Stopped apache2.service - The Apache HTTP Server.`,
  },
  {
    name: 'journalctl json',
    format: 'journal-json',
    tells: 'events: unit killed',
    text: `{"__CURSOR":"s=1;i=1","__REALTIME_TIMESTAMP":"1795338440120021","__MONOTONIC_TIMESTAMP":"84321113355","_BOOT_ID":"5f9c2d7a0c3d4b0e8d8f6b1c2a3d4e5f","PRIORITY":"5","SYSLOG_FACILITY":"3","SYSLOG_IDENTIFIER":"systemd","_PID":"1","UNIT":"mariadb.service","_HOSTNAME":"web1","MESSAGE":"mariadb.service: Main process exited, code=killed, status=9/KILL"}
{"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1795338441120021","__MONOTONIC_TIMESTAMP":"84322113355","_BOOT_ID":"5f9c2d7a0c3d4b0e8d8f6b1c2a3d4e5f","PRIORITY":"6","SYSLOG_IDENTIFIER":"CRON","_PID":"77","_HOSTNAME":"web1","MESSAGE":null}`,
  },
  {
    name: 'journalctl export',
    format: 'journal-export',
    tells: 'events: unit killed',
    text: `__CURSOR=s=1;i=1;b=5f9c2d7a0c3d4b0e8d8f6b1c2a3d4e5f
__REALTIME_TIMESTAMP=1795338440120021
__MONOTONIC_TIMESTAMP=84321113355
_BOOT_ID=5f9c2d7a0c3d4b0e8d8f6b1c2a3d4e5f
SYSLOG_IDENTIFIER=systemd
_PID=1
UNIT=mariadb.service
MESSAGE=mariadb.service: Main process exited, code=killed, status=9/KILL

`,
  },
  {
    name: 'dmesg, raw',
    format: 'dmesg',
    tells: 'events: oom-kill',
    text: `[84321.100021] php-cgi invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0
[84321.100102] CPU: 0 PID: 4711 Comm: php-cgi Not tainted 6.1.0-26-amd64 #1  Debian 6.1.112-1
[84321.113301] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/mariadb.service,task=mariadbd,pid=812,uid=105
[84321.113355] Out of memory: Killed process 812 (mariadbd) total-vm:1791236kB, anon-rss:181220kB, file-rss:0kB, shmem-rss:0kB, UID:105 pgtables:632kB oom_score_adj:0`,
  },
  {
    name: 'dmesg -T',
    format: 'dmesg',
    tells: 'events: oom-kill',
    text: `[Sun Nov 22 10:07:20 2026] php-cgi invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0
[Sun Nov 22 10:07:20 2026] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/mariadb.service,task=mariadbd,pid=812,uid=105
[Sun Nov 22 10:07:20 2026] Out of memory: Killed process 812 (mariadbd) total-vm:1791236kB, anon-rss:181220kB, file-rss:0kB, shmem-rss:0kB, UID:105 pgtables:632kB oom_score_adj:0`,
  },
  {
    name: 'dmesg --time-format iso',
    format: 'dmesg',
    tells: 'events: oom-kill, kernel syn-flood',
    text: `2026-11-22T10:07:20,113301+01:00 oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/mariadb.service,task=mariadbd,pid=812,uid=105
2026-11-22T10:07:20,113355+01:00 Out of memory: Killed process 812 (mariadbd) total-vm:1791236kB, anon-rss:181220kB, file-rss:0kB, shmem-rss:0kB, UID:105 pgtables:632kB oom_score_adj:0
2026-11-22T10:07:29,000017+01:00 TCP: request_sock_TCP: Possible SYN flooding on port 443. Sending cookies.  Check SNMP counters.`,
  },
];

const services: readonly Snippet[] = [
  {
    name: 'MariaDB error log',
    format: 'database-error',
    tells: 'events: database starting, database crash-recovery, database ready, database table-crashed',
    text: `2026-11-22 10:07:25 0 [Note] Starting MariaDB 10.11.6-MariaDB-0+deb12u1 source revision  as process 9876
2026-11-22 10:07:25 0 [Note] InnoDB: Compressed tables use zlib 1.2.13
2026-11-22 10:07:25 0 [Note] InnoDB: Starting crash recovery from checkpoint LSN=46846
2026-11-22 10:07:26 0 [Note] Server socket created on IP: '127.0.0.1'.
2026-11-22 10:07:26 0 [Note] /usr/sbin/mariadbd: ready for connections.
Version: '10.11.6-MariaDB-0+deb12u1'  socket: '/run/mysqld/mysqld.sock'  port: 3306  Debian 12
2026-11-22 10:07:31 31 [ERROR] mariadbd: Table './wordpress/wp_options' is marked as crashed and should be repaired`,
  },
  {
    name: 'MySQL 5.7 error log',
    format: 'database-error',
    tells:
      'events: database starting, database crash-recovery, database page-cleaner-late, database ready, database shutdown',
    text: `2026-11-22T09:07:25.123456Z 0 [Warning] TIMESTAMP with implicit DEFAULT value is deprecated. Please use --explicit_defaults_for_timestamp server option (see documentation for more details).
2026-11-22T09:07:25.125001Z 0 [Note] /usr/sbin/mysqld (mysqld 5.7.42-0ubuntu0.18.04.1) starting as process 9876 ...
2026-11-22T09:07:25.225001Z 0 [Note] InnoDB: Database was not shutdown normally!
2026-11-22T09:07:25.225009Z 0 [Note] InnoDB: Starting crash recovery.
2026-11-22T09:07:35.225009Z 0 [Note] InnoDB: page_cleaner: 1000ms intended loop took 9022ms. The settings might not be optimal. (flushed=0 and evicted=0, during the time.)
2026-11-22T09:07:36.425009Z 0 [Note] /usr/sbin/mysqld: ready for connections.
Version: '5.7.42-0ubuntu0.18.04.1'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  (Ubuntu)
2026-11-22T09:08:36.425009Z 0 [Note] Giving 0 client threads a chance to die gracefully
2026-11-22T09:08:37.425009Z 0 [Note] /usr/sbin/mysqld: Shutdown complete`,
  },
  {
    name: 'MySQL 8.0 error log',
    format: 'database-error',
    tells: 'events: database starting, database ready',
    text: `2026-11-22T09:07:25.125001Z 0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld 8.0.39-0ubuntu0.22.04.1) starting as process 9876
2026-11-22T09:07:25.135001Z 1 [System] [MY-013576] [InnoDB] InnoDB initialization has started.
2026-11-22T09:07:26.125001Z 0 [System] [MY-010229] [Server] Starting XA crash recovery...
2026-11-22T09:07:26.130001Z 0 [System] [MY-010232] [Server] XA crash recovery finished.
2026-11-22T09:07:26.325001Z 0 [Warning] [MY-010068] [Server] CA certificate ca.pem is self signed.
2026-11-22T09:07:26.425001Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.0.39-0ubuntu0.22.04.1'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  (Ubuntu).`,
  },
  {
    name: 'slow query log',
    format: 'slow-query',
    tells: 'events: slow-query, slow-query',
    text: `# Time: 261122 10:07:25
# User@Host: wordpress[wordpress] @ localhost []
# Thread_id: 31  Schema: wordpress  QC_hit: No
# Query_time: 12.418010  Lock_time: 0.000120  Rows_sent: 10  Rows_examined: 480120
# Rows_affected: 0  Bytes_sent: 911
SET timestamp=1795338445;
SELECT SQL_CALC_FOUND_ROWS wp_posts.ID FROM wp_posts WHERE post_title LIKE '%shoes%' ORDER BY post_date DESC LIMIT 0, 10;
# User@Host: wordpress[wordpress] @ localhost []
# Thread_id: 32  Schema: wordpress  QC_hit: No
# Query_time: 2.100010  Lock_time: 0.000120  Rows_sent: 1  Rows_examined: 12
# Rows_affected: 0  Bytes_sent: 911
SET timestamp=1795338446;
SELECT option_name, option_value FROM wp_options WHERE autoload = 'yes';`,
  },
  {
    name: 'Apache 2.4 error log',
    format: 'apache-error',
    tells: 'events: web worker-limit-reached, web premature-end, php database-unreachable, web started',
    text: `[Sun Nov 22 10:07:20.123456 2026] [mpm_prefork:error] [pid 812] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting
[Sun Nov 22 10:07:21.123456 2026] [cgi:error] [pid 4711] [client 203.0.113.66:40122] End of script output before headers: xmlrpc.php
[Sun Nov 22 10:07:22.123456 2026] [php:warn] [pid 4712] [client 198.51.100.7:55012] PHP Warning:  mysqli_real_connect(): (HY000/2002): Connection refused in /var/www/html/wp-includes/wp-db.php on line 1653
[Sun Nov 22 10:07:29.123456 2026] [mpm_prefork:notice] [pid 9001] AH00163: Apache/2.4.57 (Debian) configured -- resuming normal operations
[Sun Nov 22 10:07:29.123461 2026] [core:notice] [pid 9001] AH00094: Command line: '/usr/sbin/apache2'`,
  },
  {
    name: 'Apache 2.2 error log',
    format: 'apache-error',
    tells: 'events: web not-found, web worker-limit-reached, web stopping, web started',
    text: `[Sun Nov 22 10:07:20 2026] [error] [client 203.0.113.66] File does not exist: /var/www/favicon.ico
[Sun Nov 22 10:07:21 2026] [error] server reached MaxClients setting, consider raising the MaxClients setting
[Sun Nov 22 10:07:24 2026] [notice] caught SIGTERM, shutting down
[Sun Nov 22 10:07:29 2026] [notice] Apache/2.2.22 (Debian) PHP/5.4.45-0+deb7u14 configured -- resuming normal operations`,
  },
  {
    name: 'LiteSpeed error log',
    format: 'litespeed-error',
    tells:
      'events: web not-found, web upstream-closed, web worker-limit-reached, php database-unreachable, web modsecurity',
    text: `2026-11-22 10:07:20.123456 [NOTICE] [812] [T0] [PID:812] Worker Process is running!
2026-11-22 10:07:21.123456 [INFO] [812] [T0] [203.0.113.66:40122-2#APVH_example.com:443] File not found [/home/example/public_html/favicon.ico]
2026-11-22 10:07:22.123456 [INFO] [812] [T0] [203.0.113.66:40122-4#APVH_example.com:443] connection to [uds://tmp/lshttpd/example.sock] on request #4, confirmed, 0, associated process: 603661, running: 1, error: Connection reset by peer!
2026-11-22 10:07:22.223456 [STDERR] [89] Reached max children process limit: 10, extra: 0, current: 10, busy: 10, please increase LSAPI_CHILDREN.
2026-11-22 10:07:23.001456 [NOTICE] [812] [T0] [127.0.0.1:42226>192.0.2.2#APVH_example.com] [STDERR] PHP Warning:  mysqli_real_connect(): (HY000/2002): Connection refused in /home/example/public_html/wp-includes/wp-db.php on line 1653
2026-11-22 10:07:23.887905 [NOTICE] [812] [T1] [203.0.113.66:41920-13#APVH_example.com:443] [MODSEC] mod_security rule [id "920170"] at [/etc/apache2/conf.d/modsec/REQUEST-920.conf:180] triggered!`,
  },
  {
    name: 'nginx error log',
    format: 'nginx-error',
    tells: 'events: web upstream-timeout, web upstream-refused, web connections-exhausted',
    text: `2026/11/22 10:07:20 [error] 812#812: *4711 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 203.0.113.66, server: example.com, request: "POST /xmlrpc.php HTTP/1.0", upstream: "fastcgi://unix:/run/php/php8.2-fpm.sock", host: "example.com"
2026/11/22 10:07:21 [crit] 812#812: *4712 connect() to unix:/run/php/php8.2-fpm.sock failed (2: No such file or directory) while connecting to upstream, client: 198.51.100.7, server: example.com, request: "GET / HTTP/1.1", upstream: "fastcgi://unix:/run/php/php8.2-fpm.sock:", host: "example.com"
2026/11/22 10:07:22 [alert] 812#812: 768 worker_connections are not enough`,
  },
  {
    name: 'PHP-FPM log',
    format: 'fpm-log',
    tells: 'events: fpm started, fpm busy, fpm max-children-reached, fpm terminated',
    text: `[22-Nov-2026 10:00:00] NOTICE: fpm is running, pid 700
[22-Nov-2026 10:00:00] NOTICE: ready to handle connections
[22-Nov-2026 10:07:20] WARNING: [pool www] seems busy (you may need to increase pm.start_servers, or pm.min/max_spare_servers), spawning 8 children, there are 0 idle, and 6 total children
[22-Nov-2026 10:07:21] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it
[22-Nov-2026 10:07:51] WARNING: [pool www] child 4711, script '/var/www/html/xmlrpc.php' (request: "POST /xmlrpc.php") execution timed out (31.118302 sec), terminating
[22-Nov-2026 10:07:51] WARNING: [pool www] child 4711 exited on signal 15 (SIGTERM) after 312.118302 seconds from start`,
  },
  {
    name: 'PHP-FPM slow log',
    format: 'fpm-slow',
    tells: 'events: fpm slow-request',
    text: `
[22-Nov-2026 10:07:20]  [pool www] pid 4711
script_filename = /var/www/html/xmlrpc.php
[0x00007f2c0e813a40] curl_exec() /var/www/html/wp-includes/Requests/src/Transport/Curl.php:205
[0x00007f2c0e8138d0] request() /var/www/html/wp-includes/Requests/src/Requests.php:469
[0x00007f2c0e813690] request() /var/www/html/wp-includes/class-wp-http.php:396`,
  },
  {
    name: 'PHP error log',
    format: 'php-error',
    tells: 'events: php memory-exhausted, php uncaught',
    text: `[22-Nov-2026 10:07:20 Europe/Berlin] PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /var/www/html/wp-includes/class-wp-query.php on line 1234
[22-Nov-2026 10:07:21 UTC] PHP Fatal error:  Uncaught Error: Call to undefined function foo() in /var/www/html/wp-content/plugins/akismet/akismet.php:12
Stack trace:
#0 /var/www/html/wp-settings.php(453): include_once()
#1 {main}
  thrown in /var/www/html/wp-content/plugins/akismet/akismet.php on line 12`,
  },
];

const pasted: readonly Snippet[] = [
  {
    name: 'ps aux',
    format: 'pasted-output',
    tells: '1 sample: programs',
    text: `USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
root           1  0.0  0.4 169316  9152 ?        Ss   Nov21   0:03 /sbin/init
mysql        812 12.1 18.0 1791236 181220 ?      Ssl  10:07   1:11 /usr/sbin/mariadbd
www-data    4711  3.1  5.4 256112 55012 ?        S    10:07   0:00 /usr/bin/php-cgi
www-data    4712  3.1  5.4 256112 55012 ?        R    10:07   0:00 /usr/bin/php-cgi
www-data    4713  0.0  0.0      0     0 ?        Z    10:07   0:00 [php-cgi] <defunct>`,
  },
  {
    name: 'ps -ef',
    format: 'pasted-output',
    tells: '1 sample: programs',
    text: `UID          PID    PPID  C STIME TTY          TIME CMD
root           1       0  0 Nov21 ?        00:00:03 /sbin/init
mysql        812       1 12 10:07 ?        00:01:11 /usr/sbin/mariadbd
www-data    4711     900  3 10:07 ?        00:00:00 /usr/bin/php-cgi
www-data    4712     900  3 10:07 ?        00:00:00 /usr/bin/php-cgi`,
  },
  {
    name: 'top -b',
    format: 'pasted-output',
    tells: '1 sample: load, uptimeS, memory, programs',
    text: `top - 10:07:31 up 12 days,  3:04,  2 users,  load average: 135.02, 98.11, 51.20
Tasks: 245 total,  41 running, 204 sleeping,   0 stopped,   0 zombie
%Cpu(s): 88.1 us, 11.2 sy,  0.0 ni,  0.0 id,  0.7 wa,  0.0 hi,  0.0 si,  0.0 st
MiB Mem :    984.5 total,     51.2 free,    841.0 used,     92.3 buff/cache
MiB Swap:      0.0 total,      0.0 free,      0.0 used.     31.7 avail Mem

    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND
    812 mysql     20   0 1791236 181220  12044 S  12.1  18.0   1:11.02 mariadbd
   4711 www-data  20   0  256112  55012  21000 R   3.1   5.4   0:00.31 php-cgi
   4712 www-data  20   0  256112  55012  21000 S   3.1   5.4   0:00.29 php-cgi`,
  },
  {
    name: 'uptime',
    format: 'pasted-output',
    tells: '1 sample: load, uptimeS',
    text: ' 10:07:31 up 12 days,  3:04,  2 users,  load average: 135.02, 98.11, 51.20',
  },
  {
    name: 'free -m',
    format: 'pasted-output',
    tells: '1 sample: memory',
    text: `               total        used        free      shared  buff/cache   available
Mem:             984         841          51           2          92          31
Swap:              0           0           0`,
  },
  {
    name: 'free -h',
    format: 'pasted-output',
    tells: '1 sample: memory',
    text: `               total        used        free      shared  buff/cache   available
Mem:           984Mi       841Mi        51Mi       2.0Mi        92Mi        31Mi
Swap:             0B          0B          0B`,
  },
  {
    name: 'df -h',
    format: 'pasted-output',
    tells: '1 sample: disks',
    text: `Filesystem      Size  Used Avail Use% Mounted on
udev            471M     0  471M   0% /dev
tmpfs            99M  648K   98M   1% /run
/dev/vda1        25G   25G     0 100% /`,
  },
  {
    name: 'df -i',
    format: 'pasted-output',
    tells: '1 sample: disks',
    text: `Filesystem      Inodes   IUsed   IFree IUse% Mounted on
tmpfs           125993     610  125383    1% /run
/dev/vda1      1638400 1638400       0  100% /`,
  },
  {
    name: 'ss -tan',
    format: 'pasted-output',
    tells: '1 sample: connections, listen',
    text: `State      Recv-Q Send-Q      Local Address:Port        Peer Address:Port Process
LISTEN     0      511               0.0.0.0:80               0.0.0.0:*
ESTAB      0      0               192.0.2.2:80          203.0.113.66:40122
ESTAB      0      0               192.0.2.2:80          203.0.113.66:40124
SYN-RECV   0      0               192.0.2.2:443         198.51.100.7:55012
TIME-WAIT  0      0      [2001:db8::2]:443      [2001:db8::17]:55013`,
  },
  {
    name: 'ss -tnp',
    format: 'pasted-output',
    tells: '1 sample: connections',
    text: `State  Recv-Q  Send-Q     Local Address:Port       Peer Address:Port   Process
ESTAB  0       0              192.0.2.2:80         203.0.113.66:40122   users:(("apache2",pid=4711,fd=12))
ESTAB  0       36             192.0.2.2:22         198.51.100.9:51022   users:(("sshd",pid=3001,fd=4),("sshd",pid=2994,fd=4))
SYN-SENT 0     1              192.0.2.2:48112      198.51.100.80:80     users:(("php-cgi",pid=4712,fd=7))`,
  },
  {
    name: 'ss -s',
    format: 'pasted-output',
    tells: '1 sample: connectionCounts',
    text: `Total: 812
TCP:   934 (estab 511, closed 301, orphaned 12, timewait 299)

Transport Total     IP        IPv6
RAW       1         0         1
UDP       7         5         2
TCP       633       622       11
INET      641       627       14
FRAG      0         0         0
`,
  },
  {
    name: 'netstat -tan',
    format: 'pasted-output',
    tells: '1 sample: connections',
    text: `Active Internet connections (servers and established)
Proto Recv-Q Send-Q Local Address           Foreign Address         State
tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN
tcp        0      0 192.0.2.2:80            203.0.113.66:40122      ESTABLISHED
tcp        0      0 192.0.2.2:80            203.0.113.66:40124      SYN_RECV
tcp6       0      0 2001:db8::2:443         2001:db8::17:55013      TIME_WAIT`,
  },
  {
    name: 'dstat --top-oom',
    format: 'pasted-output',
    tells: '3 samples: oomCandidate',
    text: `--out-of-memory---
    kill score
mysqld         214
mysqld         215
php-cgi        301`,
  },
  {
    name: 'vmstat 1',
    format: 'pasted-output',
    tells: '3 samples: memory, swapping',
    text: `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
41  3 812004  51200   1044  92300  120  310   911   812  512 1411 61 22  0 17  0
45  2 812124  50100   1044  92120  980 1210  8111  1812  612 1511 60 21  0 19  0
47  9 812324  49100   1044  91020  912 1310  7911  1512  633 1711 58 25  0 17  0`,
  },
];

const packets: readonly Snippet[] = [
  {
    name: 'tcpdump text',
    format: 'tcpdump-text',
    tells: '5 packets',
    text: `tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
10:07:20.113355 IP 203.0.113.66.40122 > 192.0.2.2.80: Flags [S], seq 3113355, win 29200, options [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0
10:07:20.113401 IP 192.0.2.2.80 > 203.0.113.66.40122: Flags [S.], seq 88, ack 3113356, win 28960, options [mss 1460], length 0
10:07:20.150001 IP 203.0.113.66.40122 > 192.0.2.2.80: Flags [.], ack 1, win 229, length 0
10:07:20.150101 IP 203.0.113.66.40122 > 192.0.2.2.80: Flags [P.], seq 1:212, ack 1, win 229, length 211: HTTP: POST /xmlrpc.php HTTP/1.0
10:07:21.113355 IP 203.0.113.66.40124 > 192.0.2.2.80: Flags [S], seq 3119355, win 29200, options [mss 1460], length 0`,
  },
];

/** Of every format that is read, as its program prints it. */
export const SNIPPETS: readonly Snippet[] = [...access, ...system, ...services, ...pasted, ...packets];

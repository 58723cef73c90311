import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDatabaseMessage } from './database.ts';

const what = (message: string) => readDatabaseMessage(message)?.what;

describe('what MariaDB and MySQL say', () => {
  it.each([
    [
      '2026-11-22 10:04:41 0 [Note] Starting MariaDB 10.11.19-MariaDB-0+deb12u1 source revision 5843d8475120241667a7ce0f8a1abb6c9b43a273 server_uid u2c3vVqV1QcuPWEriidJI71vo1w= as process 5601',
      'starting',
    ],
    [
      '2019-03-24T13:44:31.085670Z 0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld 8.0.15) starting as process 1688',
      'starting',
    ],
    ['171125 08:41:04 mysqld_safe Starting mysqld daemon with databases from /var/lib/mysql', 'starting'],
    ['171125 08:41:04 mysqld_safe Number of processes running now: 0', 'signal'],
    ['2026-11-22 10:04:41 0 [Note] /usr/sbin/mariadbd: ready for connections.', 'ready'],
    [
      "2019-03-24T13:44:34.420123Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.0.15'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community Server - GPL.",
      'ready',
    ],
    ['2026-11-22 12:08:03 0 [Note] mariadbd (initiated by: root[root] @ localhost []): Normal shutdown', 'shutdown'],
    ['171125  8:41:04 [Note] /usr/libexec/mysqld: Normal shutdown', 'shutdown'],
    [
      '2019-03-24T13:44:31.555406Z 6 [System] [MY-013172] [Server] Received SHUTDOWN from user boot. Shutting down mysqld (Version: 8.0.15).',
      'shutdown',
    ],
    ['2026-11-22 12:08:03 0 [Note] mariadbd: Shutdown complete', 'shutdown'],
    ['2026-11-22 10:08:20 0 [Note] InnoDB: Starting crash recovery from checkpoint LSN=1596229', 'crash-recovery'],
    ['2018-12-29T18:49:54.195199Z 0 [Note] InnoDB: Database was not shutdown normally!', 'crash-recovery'],
    ['261122 12:08:59 [ERROR] mariadbd got signal 6 ;', 'signal'],
    ['06:39:20 UTC - mysqld got signal 11 ;', 'signal'],
    ['2024-02-14T19:24:28Z UTC - mysqld got signal 11 ;', 'signal'],
    [
      "2026-11-22 10:09:13 5 [ERROR] mariadbd: Table './wordpress/wp_stats_hits' is marked as crashed and should be repaired",
      'table-crashed',
    ],
    ["2026-11-22 10:09:13 5 [Warning] Checking table:   './wordpress/wp_redirect_log'", 'table-crashed'],
    ["2026-11-22 12:08:03 3 [Warning] wp.m: 1 client is using or hasn't closed the table properly", 'table-crashed'],
    [
      "2023-03-23 16:55:17 0 [ERROR] InnoDB: Database page corruption on disk or a failed read of file './ibdata1' page [page id: space=0, page number=221]. You may have to recover from a backup.",
      'corruption',
    ],
    [
      '[ERROR] [MY-011906] [InnoDB] Database page corruption on disk or a failed file read of page [page id: space=0, page number=5]. You may have to recover from a backup.',
      'corruption',
    ],
    [
      "2026-11-22 12:08:05 0 [ERROR] InnoDB: Failed to read page 1 from file './ibdata1': Page read from tablespace is corrupted.",
      'corruption',
    ],
    [
      "130618  3:34:57 [Warning] Disk is full writing '/tmp/#sql_84e_2.MYI' (Errcode: 28). Waiting for someone to free space... (Expect up to 60 secs delay for server to continue after freeing disk space)",
      'disk-full',
    ],
    [
      "2024-06-11T08:00:16.687933Z 158 [ERROR] [MY-000035] [Server] Disk is full writing './binlog.000006' (OS errno 28 - No space left on device). Waiting for someone to free space... Retry in 60 secs. Message reprinted in 600 secs.",
      'disk-full',
    ],
    [
      '2026-11-22 12:08:54 3 [ERROR] InnoDB: preallocating 28311552 bytes for file ./wp/a.ibd failed with error 28',
      'disk-full',
    ],
    ['2026-11-22 12:08:59 3 [ERROR] [FATAL] InnoDB: Error (Out of disk space) in rollback.', 'disk-full'],
    [
      "2026-11-22 12:07:56 0 [Warning] Aborted connection 0 to db: 'unconnected' user: 'unauthenticated' host: 'connecting host' (Too many connections)",
      'too-many-connections',
    ],
    ['2017-11-25  8:40:55 140263595730688 [Warning] Too many connections', 'too-many-connections'],
    ["2026-11-22 12:07:56 5 [Warning] Access denied for user 'wp'@'localhost' (using password: YES)", 'access-denied'],
    [
      "2023-03-12T15:30:16.866015Z 4016575 [Note] Aborted connection 4016575 to db: 'testdb' user: 'sherlock' host: 'localhost' (Got an error reading communication packets)",
      'aborted-connection',
    ],
    [
      "2017-11-21  6:53:40 140264103036672 [Warning] IP address '198.51.100.23' could not be resolved: Name or service not known",
      'unreachable-host',
    ],
    [
      "Host '203.0.113.9' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'",
      'host-blocked',
    ],
    ['2019-12-03  1:24:23 0 [Warning] InnoDB: A long semaphore wait:', 'long-semaphore-wait'],
    ['2026-11-22 12:07:56 4 [Note] InnoDB: Transactions deadlock detected, dumping detailed information.', 'deadlock'],
    ['140101  7:01:50 InnoDB: Fatal error: cannot allocate memory for the buffer pool', 'out-of-memory'],
    ['InnoDB: mmap(274726912 bytes) failed; errno 12', 'out-of-memory'],
    ['2026-11-22 12:08:15 0 [ERROR] mariadbd: Out of memory (Needed 0 bytes)', 'out-of-memory'],
    ["2026-11-22 12:07:08 0 [ERROR] mariadbd: unknown variable 'foo-bar=1'", 'bad-setting'],
    [
      "2026-11-22 12:08:02 0 [ERROR] Can't start server: Bind on TCP/IP port. Got error: 98: Address already in use",
      'port-in-use',
    ],
    ["171125  8:41:04 [ERROR] Can't start server: Bind on TCP/IP port: Address already in use", 'port-in-use'],
    ['2019-07-14T21:36:49.160614Z 0 [ERROR] InnoDB: Unable to lock ./ibdata1 error: 11', 'lock-held'],
    [
      "2026-11-22 12:07:56 0 [ERROR] mariadbd: Can't lock aria control file '/var/lib/mysql/aria_log_control' for exclusive use, error: 11. Will retry for 30 seconds",
      'lock-held',
    ],
    ["2026-11-22 12:08:15 0 [ERROR] InnoDB: The data file './ibdata1' must be writable", 'permission'],
    ["2026-11-22 12:06:51 0 [ERROR] Can't start server : Bind on unix socket: Permission denied", 'permission'],
    ["mariadbd: Can't create file '/var/log/mysql/error.log' (errno: 13 \"Permission denied\")", 'permission'],
    [
      "2026-11-22 12:08:05 0 [ERROR] Fatal error: Can't open and lock privilege tables: Table 'mysql.db' doesn't exist",
      'missing-files',
    ],
    [
      '2019-06-20T01:42:00.069561Z 1 [ERROR] [MY-012526] [InnoDB] Upgrade after a crash is not supported. This redo log was created with MySQL 5.7.18. Please follow the instructions at http://dev.mysql.com/doc/refman/8.0/en/upgrading.html',
      'upgrade-needed',
    ],
    [
      `[ERROR] mysqld: Can't create/write to file '/var/run/mysqld/mysqld.pid' (Errcode: 2 "No such file or directory")`,
      'missing-files',
    ],
    ["200213  4:47:10 [ERROR] Plugin 'InnoDB' init function returned error.", 'aborting'],
    ['2026-11-22 12:08:15 0 [ERROR] Aborting', 'aborting'],
  ])('%s', (line, expected) => {
    expect(what(line)).toBe(expected);
  });

  it('tells how late the page cleaner was', () => {
    const line =
      '2017-11-25  8:40:55 140263595730688 [Note] InnoDB: page_cleaner: 1000ms intended loop took 9169ms. The settings might not be optimal. (flushed=0 and evicted=0, during the time.)';
    expect(readDatabaseMessage(line)).toEqual({ kind: 'database', what: 'page-cleaner-late', tookMs: 9169 });
  });

  it('names the table, also from a storage engine error, and takes a temporary one for a full disk', () => {
    const crashed = `[ERROR] mariadbd: Got error '145 "Table was marked as crashed and should be repaired"' for './wordpress/wp_redirect_log'`;
    expect(readDatabaseMessage(crashed)).toEqual({
      kind: 'database',
      what: 'table-crashed',
      table: './wordpress/wp_redirect_log',
    });
    expect(what("[ERROR] mysqld: Incorrect key file for table '/tmp/#sql_84e_2.MYI'; try to repair it")).toBe(
      'disk-full',
    );
    expect(what("[ERROR] mysqld: Incorrect key file for table './wordpress/wp_options.MYI'; try to repair it")).toBe(
      'table-crashed',
    );
  });

  it('names who stopped it, and nobody when a signal did', () => {
    expect(readDatabaseMessage('mariadbd (initiated by: root[root] @ localhost []): Normal shutdown')).toEqual({
      kind: 'database',
      what: 'shutdown',
      user: 'root',
    });
    expect(readDatabaseMessage('mariadbd (initiated by: unknown): Normal shutdown')).toEqual({
      kind: 'database',
      what: 'shutdown',
    });
  });

  it.each([
    '2026-11-22 10:04:41 0 [Note] InnoDB: Buffer pool(s) load completed at 261122 10:04:41',
    "2026-11-22 10:04:41 0 [Warning] 'user' entry 'root@vm' ignored in --skip-name-resolve mode.",
    '2026-11-22 12:08:03 0 [Note] Shutdown completed; log sequence number 48844; transaction id 30',
    '2026-11-22 12:06:51 0 [ERROR] Do you already have another server running on socket: /run/mysqld/mysqld.sock ?',
    "2019-03-24T13:44:34.572158Z 0 [System] [MY-011323] [Server] X Plugin ready for connections. Socket: '/var/run/mysqld/mysqlx.sock' bind-address: '::' port: 33060",
  ])('means nothing: %s', (line) => {
    expect(readDatabaseMessage(line)).toBeUndefined();
  });

  it('is not fooled by a name that a stranger chose', () => {
    const user = "x' is marked as crashed, errno: 28";
    expect(what(`[Warning] Access denied for user '${user}'@'203.0.113.9' (using password: YES)`)).toBe(
      'access-denied',
    );
  });

  it('never throws, and is quick on hostile repetition', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => void readDatabaseMessage(text)));
    const begin = performance.now();
    for (const part of ["Table '", 'InnoDB: ', "Access denied for user '", '(', 'errno: ', ' ', '[FATAL] '])
      readDatabaseMessage(part.repeat(20_000));
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});

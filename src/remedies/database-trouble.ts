// When the database refuses: wrong credentials, too many connections, slow statements, or it does not start.
import type { Preview, Remedy } from '../model/remedy.ts';
import { writeFile } from './shell.ts';

export const fixDatabaseAccess: Remedy<'fix-database-access'> = {
  kind: 'fix-database-access',

  preview(): Preview {
    return {
      title: 'Let the site into the database again: compare what it sends with what the database knows',
      commands: [
        "# What the site uses (the password stands in the same file: don't print it where others read)",
        'grep -E "DB_(NAME|USER|HOST)" /var/www/*/wp-config.php /etc/wordpress/config-*.php',
        '# The same from the command line; it asks for the password',
        'mysql -u USER -p -h HOST DATABASE -e "SELECT 1"',
        '# What the database knows; localhost means the socket, 127.0.0.1 means TCP: two accounts',
        'mysql -e "SELECT user, host, plugin FROM mysql.user"',
        "mysql -e \"SHOW GRANTS FOR 'USER'@'localhost'\"",
        'php -r \'echo ini_get("mysqli.default_socket"), "\\n";\'; ss -lxt | grep -E \'mysql|:3306\'',
        '# If the password is what differs: set it to the one in the configuration of the site, at the prompt of mysql, not on a command line',
        "#   ALTER USER 'USER'@'localhost' IDENTIFIED BY '...';",
        '# If rights are missing:',
        "#   GRANT ALL PRIVILEGES ON DATABASE.* TO 'USER'@'localhost';",
        '# "Host is blocked because of many connection errors":',
        '#   mysqladmin flush-hosts',
      ],
      undo: [
        '# Before a change, keep what SHOW GRANTS and SHOW CREATE USER print: run as statements, they bring the old state back.',
      ],
    };
  },

  reach: () => undefined,
};

export const fixDatabaseStart: Remedy<'fix-database-start'> = {
  kind: 'fix-database-start',

  preview(): Preview {
    return {
      title: 'Find out why the database does not start, and remove that reason alone',
      commands: [
        '# The first [ERROR] counts, not the last',
        'systemctl status --no-pager mariadb; journalctl -u mariadb -n 100 --no-pager',
        'tail -n 100 /var/log/mysql/error.log /var/lib/mysql/*.err',
        '# Space, inodes, owner, port, another instance, a bad setting',
        'df -h /var/lib/mysql /tmp; df -i /var/lib/mysql; ls -ld /var/lib/mysql',
        "ss -ltnp 'sport = :3306'; pgrep -a 'mariadbd|mysqld'",
        'mariadbd --help --verbose > /dev/null     # MySQL 8: mysqld --validate-config',
        '# Damaged files: copy all of them before anything else; never delete ib_logfile0, ibdata1 or a lock file of a running server',
        'systemctl stop mariadb; cp -a /var/lib/mysql /root/mysql-before-repair',
        '# then innodb_force_recovery = 1 (higher only if it must be, 4 and up may lose data), dump everything, and load it into a new server',
        'systemctl reset-failed mariadb; systemctl start mariadb',
      ],
      undo: ['# systemctl stop mariadb, and put /root/mysql-before-repair back in place of /var/lib/mysql'],
    };
  },

  reach: () => undefined,
};

export const raiseConnections: Remedy<'raise-connections'> = {
  kind: 'raise-connections',

  preview(): Preview {
    return {
      title: 'Let the database take as many connections as the site has workers, or give it fewer workers',
      commands: [
        '# Who holds them? Many that sleep: a persistent connection or a leak. Many that wait for one: a slow statement.',
        "mysql -e \"SHOW VARIABLES LIKE 'max_connections'; SHOW STATUS LIKE 'Max_used_connections'; SHOW FULL PROCESSLIST\"",
        '# N: all PHP workers of all sites together (the sum of pm.max_children), and ten more. Each costs memory.',
        'mysql -e "SET GLOBAL max_connections = N"',
        '# For good (RHEL: /etc/my.cnf.d/zz-seawall.cnf; MySQL on Debian and Ubuntu: /etc/mysql/conf.d/zz-seawall.cnf)',
        ...writeFile('/etc/mysql/mariadb.conf.d/99-seawall.cnf', ['[mysqld]', 'max_connections = N']),
        '# A limit for one user (error 1226 or 1203) is his own: SHOW CREATE USER, max_user_connections',
      ],
      undo: ['mysql -e "SET GLOBAL max_connections = BEFORE"', 'rm /etc/mysql/mariadb.conf.d/99-seawall.cnf'],
    };
  },

  reach: () => undefined,
};

export const fixQueries: Remedy<'fix-queries'> = {
  kind: 'fix-queries',

  /** The statement comes from a log: it is shown as evidence, and never pasted into a command. */
  preview(): Preview {
    return {
      title: 'End the statement that holds the others up, then make it fast',
      commands: [
        '# The oldest that is not asleep is the one; others wait for its locks',
        'mysql -e "SELECT id, user, db, time, state, LEFT(info, 120) FROM information_schema.processlist WHERE command <> \'Sleep\' ORDER BY time DESC LIMIT 20"',
        "mysql -e 'SHOW ENGINE INNODB STATUS\\G' | grep -A30 '^TRANSACTIONS'",
        '# ID as it was printed; an UPDATE or ALTER that is ended is rolled back, which takes time too',
        'mysql -e "KILL QUERY ID"',
        '# Why is it slow? EXPLAIN the statement that the evidence quotes: "type: ALL" with many rows wants an index',
        'mysql -e "SET GLOBAL slow_query_log = ON; SET GLOBAL long_query_time = 2"',
      ],
      undo: ['mysql -e "SET GLOBAL slow_query_log = OFF; SET GLOBAL long_query_time = 10"'],
    };
  },

  reach: () => undefined,
};

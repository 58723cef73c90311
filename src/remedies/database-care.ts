// Care for the database: repair crashed tables with a copy kept, and keep it from being the kernel's first choice.
import type { Preview, Remedy } from '../model/remedy.ts';
import { safeTable, safeUnit, type TableName } from './safe.ts';
import { namely, writeFile } from './shell.ts';

const COPY = '/root/tables-before-repair';

function readable(tables: readonly string[]): TableName[] {
  const known = new Map<string, TableName>();
  for (const text of tables) {
    const table = safeTable(text);
    if (table) known.set(`${table.database}.${table.table}`, table);
  }
  return [...known.values()];
}

export const repairTables: Remedy<'repair-tables'> = {
  kind: 'repair-tables',

  /** The commands of MariaDB up to 10.x and of MySQL; MariaDB 11 calls them mariadb, mariadb-check, mariadb-admin. */
  preview(plan): Preview {
    const tables = readable(plan.tables);
    const unreadable = plan.tables.filter((text) => safeTable(text) === undefined).length;
    const byDatabase = new Map<string, string[]>();
    for (const { database, table } of tables) byDatabase.set(database, [...(byDatabase.get(database) ?? []), table]);
    const groups = [...byDatabase];
    return {
      title:
        tables.length > 0
          ? `Copy aside, then repair ${namely(tables.map(({ database, table }) => `${database}.${table}`))}`
          : 'Find the tables that were not closed properly, and repair them',
      commands: [
        '# Only MyISAM and Aria can be repaired this way. InnoDB recovers by itself when it starts.',
        "mysql -e \"SELECT table_schema, table_name, engine FROM information_schema.tables WHERE engine IN ('MyISAM', 'Aria') AND table_schema <> 'information_schema'\"",
        ...(unreadable > 0 ? [`# ${unreadable} more with odd names, not repeated here: this finds them`] : []),
        ...(groups.length === 0 || unreadable > 0 ? ['mysqlcheck --all-databases --check'] : []),
        ...groups.flatMap(([database, names]) => [
          `mysql -e 'FLUSH TABLES ${names.map((name) => `\`${database}\`.\`${name}\``).join(', ')}'`,
          `mkdir -p ${COPY}/${database}; cd /var/lib/mysql/${database} && cp -a ${names.map((name) => `${name}.*`).join(' ')} ${COPY}/${database}/`,
          // By statement: mysqlcheck --repair of MariaDB 10.11 doesn't repair what is marked as crashed, and exits 0.
          ...names.map((name) => `mysql -e 'CHECK TABLE \`${database}\`.\`${name}\`'`),
          ...names.map((name) => `mysql -e 'REPAIR TABLE \`${database}\`.\`${name}\`'`),
          ...names.map((name) => `mysql -e 'SELECT COUNT(*) FROM \`${database}\`.\`${name}\`'`),
        ]),
        ...(groups.length === 0
          ? ['# then, for each that is named there: copy its files aside, mysql -e "REPAIR TABLE DATABASE.TABLE"']
          : []),
      ],
      undo:
        groups.length > 0
          ? [
              'systemctl stop mariadb',
              ...groups.map(
                ([database, names]) =>
                  `cd ${COPY}/${database} && cp -a ${names.map((name) => `${name}.*`).join(' ')} /var/lib/mysql/${database}/`,
              ),
              'systemctl start mariadb',
            ]
          : [],
    };
  },

  reach: () => undefined,
};

export const protectDatabase: Remedy<'protect-database'> = {
  kind: 'protect-database',

  /** OOMScoreAdjust= of systemd.exec(5), choom(1). Not -1000: a database that leaks must still be able to go. */
  preview(plan): Preview {
    const named = safeUnit(plan.service)?.replace(/\.service$/, '');
    const unit = named ?? 'mariadb';
    const folder = `/etc/systemd/system/${unit}.service.d`;
    return {
      title: `Make ${named ?? 'the database'} a late choice of the OOM killer`,
      commands: [
        '# This does not make memory: a PHP worker is killed in its place. Fit the number of workers to the memory as well.',
        ...(named === undefined
          ? ['# The unit is called mariadb, mysql or mysqld: systemctl list-units "mariadb*" "mysql*"']
          : []),
        `mkdir -p ${folder}`,
        ...writeFile(`${folder}/seawall.conf`, ['[Service]', 'OOMScoreAdjust=-600']),
        `systemctl daemon-reload; systemd-analyze verify ${unit}.service`,
        '# For the process that runs now; the file counts from the next start',
        `choom -n -600 -p "$(systemctl show -p MainPID --value ${unit})"`,
      ],
      undo: [
        `rm ${folder}/seawall.conf; systemctl daemon-reload`,
        `choom -n 0 -p "$(systemctl show -p MainPID --value ${unit})"`,
      ],
    };
  },

  reach: () => undefined,
};

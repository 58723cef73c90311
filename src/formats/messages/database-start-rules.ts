// Why MariaDB or MySQL does not start, and what says that its files are damaged: one rule a message.
import { database } from './database-running-rules.ts';
import type { Rule } from './rules.ts';

export const startRules: readonly Rule[] = [
  // Settings.
  ['unknown ', /^unknown (?:variable|option) '([^'\n]{1,200})'/, (m) => database('bad-setting', { detail: m[1] })],
  ['ambiguous option', /^ambiguous option '([^'\n]{1,200})'/, (m) => database('bad-setting', { detail: m[1] })],
  [
    'Error while setting value',
    /^Error while setting value '[^'\n]{0,200}' to '([^'\n]{1,200})'/,
    (m) => database('bad-setting', { detail: m[1] }),
  ],
  [
    'Unknown suffix',
    /^Unknown suffix '[^'\n]{0,20}' used for variable '([^'\n]{1,200})'/,
    (m) => database('bad-setting', { detail: m[1] }),
  ],
  [
    'requires an argument',
    /^option '([^'\n]{1,200})' requires an argument/,
    (m) => database('bad-setting', { detail: m[1] }),
  ],
  [
    'in defaults handling',
    /^(?:Fatal error in defaults handling|\[ERROR\] Found option without preceding group)/,
    () => database('bad-setting'),
  ],
  [
    'of different size',
    /^(?:Error: )?log file (\S{1,200}) is of different size/,
    () => database('bad-setting', { detail: 'innodb_log_file_size' }),
  ],
  [
    'innodb_system data file',
    /^The (?:Auto-extending )?innodb_system data file '([^'\n]{1,200})' is of a different size/,
    () => database('bad-setting', { detail: 'innodb_data_file_path' }),
  ],

  // Somebody else is there.
  ['Unable to lock', /^Unable to lock ([^\s,]{1,300}),? error: \d/, (m) => database('lock-held', { detail: m[1] })],
  [
    'aria control file',
    /^Can't lock aria control file '([^'\n]{1,300})' for exclusive use, error: \d/,
    (m) => database('lock-held', { detail: m[1] }),
  ],
  [
    'unix socket file',
    /^Another process with pid \d{1,10} is using unix socket file/,
    () => database('lock-held', { detail: 'unix socket' }),
  ],
  [
    'already listening',
    /^Another process is already listening on the socket file '([^'\n]{1,300})'/,
    (m) => database('lock-held', { detail: m[1] }),
  ],
  [
    'Address already in use',
    /^Can't start server ?: [Bb]ind on (TCP\/IP port|unix socket)[^\n]{0,60}Address already in use/,
    (m) => database('port-in-use', { detail: m[1] }),
  ],
  [
    'Bind on TCP',
    /^Can't start server ?: Bind on TCP\/IP port[^\n]{0,60}(?:Cannot assign requested address|error: 99)/,
    () => database('bad-setting', { detail: 'bind-address' }),
  ],

  // Rights.
  [
    'must be writable',
    /^The (?:innodb_system )?data file '([^'\n]{1,300})' must be writable/,
    (m) => database('permission', { detail: m[1] }),
  ],
  [
    '',
    /(?:Errcode|errno|OS errno|error number|Error number):? 13\b|: Permission denied$/,
    (m) => database('permission', { detail: fileIn(m.input) }),
  ],
  [
    '',
    /(?:Errcode|errno|OS errno|error number|Error number):? 30\b|Read-only file system/,
    (m) => database('permission', { detail: fileIn(m.input) ?? 'read-only file system' }),
  ],

  // Versions.
  [
    'Upgrade after a crash',
    /^Upgrade after a crash is not supported/,
    () => database('upgrade-needed', { detail: 'redo log of an older version' }),
  ],
  [
    'edo log',
    /^(?:Unsupported redo log format|The redo log was created with|Upgrading redo log failed)/,
    () => database('upgrade-needed', { detail: 'redo log format' }),
  ],
  [
    'Cannot boot server',
    /^Cannot boot server version (\d{1,9}) on data directory built by version (\d{1,9})/,
    (m) => database('upgrade-needed', { detail: `data of version ${m[2]}, server ${m[1]}` }),
  ],
  [
    'Invalid MySQL server',
    /^Invalid MySQL server (upgrade|downgrade): ([^\n.]{0,120})/,
    (m) => database('upgrade-needed', { detail: m[2] }),
  ],
  [
    'owngrade',
    /^[^'"\n]{0,160}[Dd]owngrade[^\n]{0,60} is not supported/,
    () => database('upgrade-needed', { detail: 'downgrade' }),
  ],
  [
    'Column count of',
    /^Column count of (?:table )?'?(mysql\.\w{1,80})'? is wrong/,
    (m) => database('upgrade-needed', { table: m[1] }),
  ],
  [
    'Incorrect definition',
    /^Incorrect definition of (?:the )?(?:table |system table )?'?(mysql\.\w{1,80})/,
    (m) => database('upgrade-needed', { table: m[1] }),
  ],
  [
    'upgrade',
    /^[^\n]{0,200}(?:[Pp]lease|[Tt]ry to) (?:run|use) '?(?:mysql_upgrade|mariadb-upgrade)/,
    () => database('upgrade-needed', { detail: 'mariadb-upgrade' }),
  ],

  // Damage. Before missing files, since a page that can't be read is in a file that is there.
  [
    'page corruption',
    /^Database page corruption on disk or a failed(?:[^\n]{0,80}?file '([^'\n]{1,300})')?/,
    (m) => database('corruption', { detail: m[1] }),
  ],
  [
    'Failed to read page',
    /^Failed to read page \d{1,12} from file '([^'\n]{1,300})'/,
    (m) => database('corruption', { detail: m[1] }),
  ],
  [
    'orrupt',
    /^(?:Corrupted page|Corruption of an index tree|Aborting because of a corrupt database page|Your database may be corrupt|Invalid log block checksum|Flagged corruption of|Aria recovery failed|Corrupted (?:page|SYS_))/,
    () => database('corruption'),
  ],
  [
    'is corrupted',
    /^(?:Datafile|File|Tablespace|Table|Index|log file) [`'"]?([^\s'"`]{1,300})[`'"]?[^\n]{0,80} is corrupted/,
    (m) => database('corruption', { detail: m[1] }),
  ],
  [
    'in the future',
    /^Page \[page id: [^\]\n]{1,80}\] log sequence number \d{1,20}[^\n]{0,60}is in the future/,
    () => database('corruption', { detail: 'log sequence number in the future' }),
  ],
  [
    'checkpoint',
    /^(?:Missing (?:MLOG|FILE)_CHECKPOINT|No valid checkpoint found)/,
    () => database('corruption', { detail: 'redo log' }),
  ],
  [
    'ecovery failed',
    /^(?:Crash recovery failed|Aria engine: log recovery failed|Aria recovery failed|Recovery failed!)/,
    () => database('corruption', { detail: 'recovery failed' }),
  ],
  [
    'is damaged',
    /^(?:Fatal error: )?mysql\.(\w{1,80}) table is damaged/,
    (m) => database('corruption', { table: `mysql.${m[1]}` }),
  ],

  // Things that are not there.
  [
    "' doesn't exist",
    /^[^\n]{0,160}Table '(mysql\.\w{1,80})' doesn't exist/,
    (m) => database('missing-files', { table: m[1] }),
  ],
  [
    'Cannot open datafile',
    /^Cannot open datafile (?:for read-only: )?'([^'\n]{1,300})'/,
    (m) => database('missing-files', { detail: m[1] }),
  ],
  [
    'valid tablespace file',
    /^Could not find a valid tablespace file for [`']?([^\s`']{1,300}?)[`']?\./,
    (m) => database('missing-files', { table: m[1] }),
  ],
  [
    'shared library',
    /^Can't open shared library '([^'\n]{1,300})'/,
    (m) => database('missing-files', { detail: m[1] }),
  ],
  [
    'messagefile',
    /^Can't find (?:error-)?messagefile '([^'\n]{1,300})'/i,
    (m) => database('missing-files', { detail: m[1] }),
  ],
  [
    'valid data directory',
    /^Failed to find valid data directory/,
    () => database('missing-files', { detail: 'data directory' }),
  ],
  [
    "Can't ",
    /^Can't (?:change dir to|read dir of|create\/write to file|open file:|find file:) '([^'\n]{1,300})' \((?:Errcode|errno|OS errno):? 2\b/,
    (m) => database('missing-files', { detail: m[1] }),
  ],

  // Memory.
  [
    'buffer pool',
    /^(?:Fatal error: )?[Cc]annot allocate memory for the buffer pool/,
    () => database('out-of-memory', { detail: 'buffer pool' }),
  ],
  [
    'failed; errno 12',
    /^mmap\((\d{1,20}) bytes\) failed; errno 12/,
    (m) => database('out-of-memory', { detail: `${m[1]} bytes` }),
  ],
  [
    'emory',
    /^(?:Out of memory|Cannot map innodb_buffer_pool_size_max|(?:Fatal error: )?Cannot allocate (?:\d{1,20} bytes|memory)|Failed to allocate memory)/,
    () => database('out-of-memory'),
  ],
  [
    'thread',
    /^Can't create (?:a new )?thread[^(\n]{0,60}\(errno:?=? ?(?:11|12)\b/,
    () => database('out-of-memory', { detail: 'no new thread' }),
  ],
  ['', /(?:Errcode|errno|OS errno|error number):? 12\b/, () => database('out-of-memory')],

  // It gives up.
  [
    "Plugin '",
    /^Plugin '(InnoDB|Aria)' (?:init function returned error|registration as a STORAGE ENGINE failed)/i,
    (m) => database('aborting', { detail: m[1] }),
  ],
  [
    'initialization aborted',
    /^Plugin initialization aborted with error ([^\n]{1,80})/,
    (m) => database('aborting', { detail: m[1] }),
  ],
  [
    'storage engine: InnoDB',
    /^Unknown\/unsupported storage engine: InnoDB/,
    () => database('aborting', { detail: 'InnoDB' }),
  ],
  [
    'nitializ',
    /^(?:Failed to initialize DD Storage Engine|Data Dictionary initialization failed|Failed to initialize (?:builtin )?plugins)/,
    () => database('aborting'),
  ],
  ['Aborting', /^Aborting\.?$/, () => database('aborting')],
];

function fileIn(text: string): string | undefined {
  return (
    /(?:file|dir to|dir of|datafile|open|socket) '?(\.{0,2}\/[^\s']{1,300})/.exec(text)?.[1] ??
    /unix socket/.exec(text)?.[0]
  );
}

// What a message of PHP means for the site: from its words, the database's error numbers and cURL's.
import type { PhpEvent } from '../../model/event.ts';

export interface PhpMeaning {
  readonly what: PhpEvent['what'];
  /** The other side, where one is named. */
  readonly peer?: string;
}

/**
 * MySQL's and MariaDB's error numbers: 2xxx are the client's (include/errmsg.h), 1xxx the server's (share/errmsg-utf8.txt).
 * 1053 shutdown in progress; 1129 host blocked, 1130 host not allowed, 1251 and 2054 authentication not known; 1021, 1114 disk or table full.
 */
const BY_CODE: ReadonlyMap<string, PhpEvent['what']> = new Map([
  ...['2002', '2003', '2005', '2006', '2013', '2055', '1053'].map((code) => [code, 'database-unreachable'] as const),
  ...['1040', '1203', '1226'].map((code) => [code, 'database-too-many'] as const),
  ...['1044', '1045', '1049', '1129', '1130', '1142', '1251', '1524', '1698', '1862', '2054'].map(
    (code) => [code, 'database-denied'] as const,
  ),
  ...['1021', '1114'].map((code) => [code, 'disk-full'] as const),
]);

const MYSQLI_CODE = /\([0-9A-Z]{5}\/(\d{4})\):/;
const PDO_CODE = /SQLSTATE\[[0-9A-Z]{5}\](?: \[(\d{4})\]|: [A-Za-z ,]{1,80}: (\d{4}) )/;

/** A message that can only come from the database layer: then plain words such as "Connection refused" are the database's. */
const FROM_DATABASE = /\bmysqli?_|\bmysqli\b|\bPDO\b|PDOException|SQLSTATE|^WordPress database error/;
const BY_WORDS: readonly (readonly [RegExp, PhpEvent['what']])[] = [
  [/Too many connections|max_user_connections|max_connections_per_hour/, 'database-too-many'],
  [
    /Access denied for user|Unknown database|command denied to user|is not allowed to connect|is blocked because of many/,
    'database-denied',
  ],
  [/No space left on device|(?:Errcode|errno): 28\b|The table '[^'\n]{1,300}' is full/, 'disk-full'],
  [
    /server has gone away|Lost connection to (?:MySQL|server)|Can't connect to (?:local )?(?:MySQL|MariaDB|server)|Connection refused|Connection timed out|No such file or directory|getaddrinfo|Error while sending [A-Z_]{1,40} packet/,
    'database-unreachable',
  ],
];

function databaseMeaning(text: string): PhpMeaning | undefined {
  const pdo = PDO_CODE.exec(text);
  const code = MYSQLI_CODE.exec(text)?.[1] ?? pdo?.[1] ?? pdo?.[2];
  const byCode = code === undefined ? undefined : BY_CODE.get(code);
  if (byCode) return { what: byCode };
  if (FROM_DATABASE.test(text)) {
    for (const [words, what] of BY_WORDS) if (words.test(text)) return { what };
  }
  if (code !== undefined || /SQLSTATE\[|^WordPress database error|mysqli_sql_exception/.test(text))
    return { what: 'database-error' };
  return /server has gone away|Error establishing a database connection/.test(text)
    ? { what: 'database-unreachable' }
    : undefined;
}

/** Functions and classes that come with an extension of PHP: their absence is a package that is not installed. */
const EXTENSION =
  /Call to undefined function (?:[\w\\]{0,80}\\)?(?:mysqli?_|mb_|curl_|image(?:create|jpeg|png|copy|sx)|gd_|simplexml_|xml_|dom_|iconv|ctype_|gz|openssl_|exif_|bc(?:add|sub|mul|div|comp)|imap_|ldap_|pg_|sodium_|intl|idn_|json_|zip_|ftp_|soap|token_get_all|finfo_|utf8_|session_start|apcu_|opcache_)/;
const EXTENSION_CLASS =
  /Class ["'](?:mysqli|PDO|ZipArchive|DOMDocument|SimpleXMLElement|XMLReader|XMLWriter|Imagick|SoapClient|IntlDateFormatter|NumberFormatter|Normalizer|Redis|Memcached?|finfo|CURLFile)["'] not found/;

/** cURL's numbers (curl/curl.h): 6 name, 7 refused, 28 time-out, 35 TLS, 52 empty reply, 56 receive. */
const CURL = /cURL error (?:6|7|28|35|52|56)\b/;
const WAITING =
  /Failed to open stream: (?:HTTP request failed!(?! HTTP\/\d(?:\.\d)? 4)|Connection|operation failed|Operation timed out|php_network_getaddresses|Network is unreachable)|php_network_getaddresses|Unable to connect to |Connection timed out|SSL: (?:Connection reset|Handshake timed out)|stream_socket_client\(\)|Maximum response time/i;

function backendMeaning(text: string): PhpMeaning | undefined {
  if (!CURL.test(text) && !WAITING.test(text)) return undefined;
  const peer = peerOf(text);
  return peer === undefined ? { what: 'backend-timeout' } : { what: 'backend-timeout', peer };
}

const PEERS: readonly RegExp[] = [
  /(?:Failed|Could not|connect) (?:to connect )?to ([\w.-]{1,253}) port \d{1,5}/,
  /Could not resolve host: ([\w.-]{1,253})/,
  /getaddrinfo for ([\w.-]{1,253}) failed/,
  /Unable to connect to (?:[a-z]{2,10}:\/\/)?([\w.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\]):\d{1,5}/,
  /\((?:https?|ftps?|ssl|tls|tcp):\/\/(?:[^\s/@()]{1,100}@)?([\w.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\])/,
  /https?:\/\/([\w.-]{1,253})/,
];

function peerOf(text: string): string | undefined {
  for (const pattern of PEERS) {
    const peer = pattern.exec(text)?.[1];
    if (peer !== undefined) return peer.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  }
  return undefined;
}

/** What the message says, for any level. `other` when it is only what it says. `text` has no stack trace. */
export function meaningOf(text: string, level: PhpEvent['level']): PhpMeaning {
  if (/^(?:Allowed memory size of \d{1,20} bytes exhausted|Out of memory)/.test(text))
    return { what: 'memory-exhausted' };
  if (/^Maximum execution time of /.test(text)) return { what: 'max-execution-time' };
  if (level === 'parse') return { what: 'syntax' };
  if (EXTENSION.test(text) || EXTENSION_CLASS.test(text)) return { what: 'missing-extension' };
  if (/Failed opening required /.test(text)) return { what: 'missing-file' };
  const database = databaseMeaning(text);
  if (database) return database;
  if (/No space left on device|Disk quota exceeded/.test(text)) return { what: 'disk-full' };
  const backend = backendMeaning(text);
  if (backend) return backend;
  if (level === 'fatal' && /^Uncaught |^Call to |not found|^Cannot |must (?:be|implement)/.test(text))
    return { what: 'uncaught' };
  return { what: 'other' };
}

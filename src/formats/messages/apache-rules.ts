// What Apache's messages mean: by the number of the message (2.4), by its words (2.2 and modules), by the system's error number.
import type { WebEvent } from '../../model/event.ts';
import { clip, known, numberOf, type Rule } from './rules.ts';

/** APR's "The timeout specified has expired" (apr_errno.h, APR_TIMEUP). */
const TIMED_OUT = new Set([110, 70007]);

function apache(
  what: WebEvent['what'],
  fields: { detail?: string | undefined; signal?: number | undefined } = {},
): WebEvent {
  return { kind: 'web', server: 'apache', what, ...known(fields) };
}

/** Numbers that mean one thing only, whatever the rest says (grep APLOGNO in httpd's source). */
const BY_CODE: ReadonlyMap<string, WebEvent> = new Map(
  (
    [
      [['00161', '00286', '00484'], apache('worker-limit-reached', { detail: 'MaxRequestWorkers' })],
      [['00287', '10159'], apache('worker-limit-reached', { detail: 'within MinSpareThreads of MaxRequestWorkers' })],
      [['00288', '00485', '03490'], apache('scoreboard-full')],
      [['00163', '00292', '00489'], apache('started')],
      [['00169', '00170', '00295', '00296', '00491', '00492'], apache('stopping')],
      [['00171', '00173', '00297', '00298', '00493', '00494'], apache('reloaded')],
      [['00159', '00283', '00481', '00480', '00282'], apache('cannot-fork')],
      [['00050', '00060', '00015', '00451'], apache('parent-exit')],
      [['00016', '00020', '00526'], apache('config-error')],
      [['01382'], apache('client-timeout')],
      [['00940'], apache('upstream-refused')],
      [['02240', '02561', '02562', '02565', '02572'], apache('certificate')],
    ] as const
  ).flatMap(([codes, event]) => codes.map((code): [string, WebEvent] => [code, event])),
);

/** Connecting to a backend failed: it refused, or it didn't answer in time. */
const CONNECTING = new Set(['00957', '02454', '01079', '01114']);
/** A backend that was reached gave no answer, or half of one. */
const READING = new Set(['01067', '01068', '01070', '01075', '01102', '01110']);

/** What the numbered message means; `undefined` when the words must tell. */
export function byCode(code: string, errno: number | undefined, text: string): WebEvent | undefined {
  const plain = BY_CODE.get(code);
  if (plain) return plain;
  if (CONNECTING.has(code)) {
    return apache(errno !== undefined && TIMED_OUT.has(errno) ? 'upstream-timeout' : 'upstream-refused', {
      detail: backendIn(text),
    });
  }
  if (READING.has(code)) {
    // proxy_fcgi waits for the visitor's body here, not for the backend.
    if (text.includes('(reading input brigade)')) return apache('client-timeout');
    return apache(errno !== undefined && TIMED_OUT.has(errno) ? 'upstream-timeout' : 'upstream-closed', {
      detail: backendIn(text),
    });
  }
  switch (code) {
    case '01071':
      return /^Got error '(?:Primary script unknown|Unable to open primary script)/.test(text)
        ? apache('upstream-closed', { detail: 'Primary script unknown' })
        : undefined;
    case '00072':
      return apache(errno === undefined || errno === 98 ? 'address-in-use' : 'config-error', {
        detail: lastWord(text),
      });
    // A lock, not a disk: semaphores that earlier servers left behind are used up.
    case '00023':
      return errno === 28 ? apache('parent-exit', { detail: 'no semaphores left' }) : apache('config-error');
    case '01220':
      return apache('script-timeout', { detail: lastWord(text) });
    case '01223':
    case '01241':
      return apache(errno === 11 || errno === 12 ? 'cannot-fork' : 'premature-end', { detail: lastWord(text) });
    default:
      return undefined;
  }
}

/** The system's own reason, for a message that means nothing else (errno.h of Linux). */
export function byErrno(errno: number | undefined, text: string): WebEvent | undefined {
  const detail = clip(text, 120);
  if (errno === 28 || errno === 122) return apache('disk-full', { detail });
  if (errno === 24 || errno === 23) return apache('too-many-files', { detail });
  if (errno === 12)
    return apache(/\bfork|create child process/.test(detail) ? 'cannot-fork' : 'out-of-memory', { detail });
  if (errno === 11 && /\bfork|create child process/.test(detail)) return apache('cannot-fork', { detail });
  return undefined;
}

function backendIn(text: string): string | undefined {
  return (
    /Unix domain socket (\S{1,200})/.exec(text)?.[1] ??
    /attempt to connect to ([^\s(]{1,200})/.exec(text)?.[1] ??
    /(?:backend: |remote server )([^\s,]{1,200})/.exec(text)?.[1]
  );
}

function lastWord(text: string): string | undefined {
  const word = text.slice(text.lastIndexOf(' ') + 1);
  return word === text ? undefined : clip(word, 200);
}

/** Rules for one module alone: mod_evasive denies in the words of an access rule. */
export function moduleRules(module: string): readonly Rule[] {
  return module.startsWith('evasive') ? evasiveRules : [];
}

const evasiveRules: readonly Rule[] = [
  [
    'client denied',
    /^client denied by server configuration/,
    () => apache('request-limited', { detail: 'mod_evasive' }),
  ],
];

export const wordRules: readonly Rule[] = [
  // Limits.
  [
    'server reached Max',
    /^server reached (MaxClients|MaxRequestWorkers) setting/,
    (m) => apache('worker-limit-reached', { detail: m[1] }),
  ],
  ['scoreboard is full', /^scoreboard is full/, () => apache('scoreboard-full')],
  [
    'process slot',
    /^mod_fcgid: can't apply process slot for (\S{1,200})/,
    (m) => apache('worker-limit-reached', { detail: `FcgidMaxProcesses, ${m[1]}` }),
  ],
  [
    'skip the spawn',
    /^mod_fcgid: [^\n]{0,300}(?:process count|too many|processes) [^\n]{0,200}skip the spawn request/,
    () => apache('worker-limit-reached', { detail: 'FcgidMaxProcesses' }),
  ],
  ['access denied', /^mod_qos\(\d{3}\): access denied, (\S{1,80})/, (m) => apache('request-limited', { detail: m[1] })],
  [
    'possible DoS',
    /^Blacklisting address \S{1,64}: possible DoS attack/,
    () => apache('request-limited', { detail: 'mod_evasive' }),
  ],

  // Life of the server.
  ['configured -- resuming', /^\S[^\n]{0,2000} configured -- resuming normal operations/, () => apache('started')],
  ['caught SIG', /^caught SIG(?:TERM|WINCH)\b/, () => apache('stopping')],
  ['SIG', /^(?:Graceful restart requested|SIG(?:USR1|HUP) received)/, () => apache('reloaded')],
  [
    'exit signal',
    /^child (?:pid|process) \d{1,10} exit signal [A-Za-z /]{1,60} ?\((\d{1,3})\)/,
    (m) => apache('child-signal', { signal: numberOf(m[1]) }),
  ],
  [
    'unexpected signal',
    /^mod_fcgid: process \S{1,300}\(\d{1,10}\) exit\([^)\n]{1,80}\), get unexpected signal (\d{1,3})/,
    (m) => apache('child-signal', { signal: numberOf(m[1]) }),
  ],
  ['similar nasty error', /^seg fault or similar nasty error/, () => apache('parent-exit')],
  ['no listening sockets', /^no listening sockets available, shutting down/, () => apache('parent-exit')],
  ['process manager died', /^mod_fcgid: fcgid process manager died/, () => apache('parent-exit')],
  [
    'bind to address',
    /^make_sock: could not bind to address (\S{1,80})/,
    (m) => apache('address-in-use', { detail: m[1] }),
  ],
  ['Unable to fork', /^fork: Unable to fork new process/, () => apache('cannot-fork')],
  ['Syntax error', /^Syntax error on line \d{1,7} of/, () => apache('config-error')],
  [
    'does not exist or is empty',
    /^SSLCertificate(?:Key|Chain)?File: file '[^'\n]{1,300}' does not exist/,
    () => apache('certificate'),
  ],

  // Scripts and backends.
  [
    'timed out before returning',
    /^Script timed out before returning headers: (\S{1,200})/,
    (m) => apache('script-timeout', { detail: m[1] }),
  ],
  [
    'before headers',
    /^End of script output before headers: (\S{1,200})/,
    (m) => apache('premature-end', { detail: m[1] }),
  ],
  ['Premature end', /^Premature end of script headers: (\S{1,200})/, (m) => apache('premature-end', { detail: m[1] })],
  [
    'mod_fcgid: ',
    /^mod_fcgid: (?:read data timeout in|ap_pass_brigade timeout|\S{1,300} took longer than busy timeout)/,
    () => apache('upstream-timeout', { detail: 'mod_fcgid' }),
  ],
  [
    'mod_fcgid: error reading',
    /^mod_fcgid: error reading data/,
    () => apache('upstream-closed', { detail: 'mod_fcgid' }),
  ],
  [
    'mod_fcgid: can',
    /^mod_fcgid: can't connect unix domain socket/,
    () => apache('upstream-refused', { detail: 'mod_fcgid' }),
  ],

  // Requests.
  [
    'client denied',
    /^client denied by server configuration(?:: ([^\n]{1,300}))?/,
    (m) => apache('client-denied', { detail: m[1] }),
  ],
  [
    'ModSecurity: ',
    /^(?:\[client [^\]\n]{1,64}\] )?ModSecurity: (?:Access denied|Warning)[^\n]{0,6000}?\[id "(\d{1,12})"\]/,
    (m) => apache('modsecurity', { detail: m[1] }),
  ],
  [
    'ModSecurity: ',
    /^(?:\[client [^\]\n]{1,64}\] )?ModSecurity: (?:Access denied|Warning)/,
    () => apache('modsecurity'),
  ],
  ['read timeout', /^Request (?:header|body|handshake) read timeout/, () => apache('client-timeout')],
  ['File does not exist', /^File does not exist: ([^\n]{1,300})/, (m) => apache('not-found', { detail: m[1] })],
  [
    'not found or unable to stat',
    /^script (?:'([^'\n]{1,300})' )?not found or unable to stat(?:: (\S{1,300}))?/,
    (m) => apache('not-found', { detail: m[1] ?? m[2] }),
  ],
];

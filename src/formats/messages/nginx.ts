// Reads one message of nginx's error log: what went wrong with a request, a backend, or nginx itself.
import { canonicalAddress } from '../../model/address.ts';
import type { EventPayload, PhpEvent, WebEvent } from '../../model/event.ts';
import { readPhpMessage } from './php.ts';
import { applyRules, clip, known, numberOf, type Rule } from './rules.ts';
import { takeNginxStamp } from './stamps.ts';

/** A stack trace of PHP may stand in the message. */
const NGINX_MAX = 65_536;

function nginx(
  what: WebEvent['what'],
  fields: { detail?: string | undefined; signal?: number | undefined } = {},
): WebEvent {
  return { kind: 'web', server: 'nginx', what, ...known(fields) };
}

// Anchored at the begin: nginx's own words stand first, what the visitor sent comes later (ngx_http_log_error).
const requestRules: readonly Rule[] = [
  ['upstream timed out', /^upstream timed out \(/, () => nginx('upstream-timeout')],
  [
    'connect() ',
    /^connect\(\) (?:to \S{1,300} )?failed \((\d{1,5}): /,
    (m) => nginx(m[1] === '110' ? 'upstream-timeout' : 'upstream-refused'),
  ],
  ['no live upstreams', /^no live upstreams while connecting/, () => nginx('upstream-refused')],
  [
    'upstream ',
    /^upstream (?:prematurely closed|sent too big header|sent invalid|sent unsupported|sent unexpected|closed)/,
    () => nginx('upstream-closed'),
  ],
  [
    'upstream',
    /^(?:recv|readv|send|writev)\(\) failed \((?:32|104): [^)]{1,60}\) while [a-z ]{1,60} upstream/,
    () => nginx('upstream-closed'),
  ],
  [
    'Primary script unknown',
    /^FastCGI sent in stderr: "Primary script unknown/,
    () => nginx('upstream-closed', { detail: 'Primary script unknown' }),
  ],
  [
    'open primary script',
    /^FastCGI sent in stderr: "Unable to open primary script/,
    () => nginx('upstream-closed', { detail: 'Unable to open primary script' }),
  ],
  [
    'limiting ',
    /^limiting (?:requests|connections)(?:, dry run)?[^"\n]{0,60} (?:by )?zone "([^"\n]{1,80})"/,
    (m) => nginx('request-limited', { detail: m[1] }),
  ],
  [
    'delaying request',
    /^delaying request[^"\n]{0,60} by zone "([^"\n]{1,80})"/,
    (m) => nginx('request-limited', { detail: m[1] }),
  ],
  ['client timed out', /^client timed out \(/, () => nginx('client-timeout')],
  ['forbidden by rule', /^access forbidden by rule/, () => nginx('client-denied')],
  [
    'ModSecurity',
    /^(?:\[client [^\]\n]{1,60}\] )?ModSecurity: (?:Access denied|Warning)(?:[^\n]{0,3000}?\[id "(\d{1,12})"\])?/,
    (m) => nginx('modsecurity', { detail: m[1] }),
  ],
];

const serverRules: readonly Rule[] = [
  ['worker_connections', /^(?:\d{1,9} )?worker_connections are not enough/, () => nginx('connections-exhausted')],
  [
    'exited on signal',
    /^\S[a-z -]{0,40} process \d{1,10} exited on signal (\d{1,3})/,
    (m) => nginx('child-signal', { signal: numberOf(m[1]) }),
  ],
  ['cannot be respawned', /^\S[a-z -]{0,40} process \d{1,10} exited with fatal code/, () => nginx('parent-exit')],
  [
    'received',
    /^signal (?:3|15) \(SIG(?:QUIT|TERM)\) received[^,\n]{0,40}, (?:exiting|shutting down)/,
    () => nginx('stopping'),
  ],
  ['reconfiguring', /^signal 1 \(SIGHUP\) received[^,\n]{0,40}, reconfiguring/, () => nginx('reloaded')],
  // `nginx -s` writes this for stop, quit, reload and reopen alike: alone it never means that the server was stopped.
  ['signal process started', /^signal process started/, () => nginx('reloaded', { detail: 'nginx -s' })],
  ['nginx/', /^nginx\/(\d[\w.]{0,20})/, (m) => nginx('started', { detail: m[1] })],
  ['could not bind', /^still could not bind\(\)/, () => nginx('address-in-use')],
  [
    'bind() to',
    /^bind\(\) to (\S{1,300}) failed \((\d{1,5}): /,
    (m) => nginx(m[2] === '98' ? 'address-in-use' : 'config-error', { detail: m[1] }),
  ],
  ['fork() failed', /^fork\(\) failed/, () => nginx('cannot-fork')],
  ['alloc', /^(?:malloc|posix_memalign|calloc|mmap)\([^)\n]{0,80}\) failed/, () => nginx('out-of-memory')],
  [
    'certificate',
    /^(?:cannot load certificate|no "ssl_certificate" is defined|SSL_CTX_use_PrivateKey\(|cannot load certificate key)/,
    () => nginx('certificate'),
  ],
];

const LEVEL =
  /^(?:nginx: )?\[(debug|info|notice|warn|error|crit|alert|emerg)\] (?:\d{1,10}#\d{1,10}: )?(?:\*\d{1,20} )?/;
const FAILED = / failed \((\d{1,5}): [^()\n]{1,80}\)/g;
const CLIENT = ', client: ';

/**
 * What nginx says (src/core/ngx_log.c and the modules' own words); a message of PHP that came through FastCGI becomes a PHP event, the worst
 * one when there are several. The client is left out when the line names more than one: a visitor can write `, client: ` into a URL.
 * `undefined` when the line means nothing to us. Never throws.
 */
export function readNginxMessage(message: string): EventPayload | undefined {
  const behind = takeNginxStamp(clip(message, NGINX_MAX)).rest;
  const level = LEVEL.exec(behind);
  const text = level ? behind.slice(level[0].length) : behind;
  if (text.startsWith('FastCGI sent in stderr: "') && text.includes('PHP message: ')) return readStderr(text);

  const found = applyRules(requestRules, text);
  if (found?.kind === 'web')
    return { ...found, ...known({ client: clientOf(text), detail: found.detail ?? upstreamOf(text) }) };
  const byErrno = readErrno(text);
  if (byErrno) return byErrno;
  const own = applyRules(serverRules, text);
  if (own) return own;
  return level?.[1] === 'emerg' ? nginx('config-error', { detail: clip(text, 160) }) : undefined;
}

/** Which failure of the system nginx reports: its own `failed (N: text)` is the last one before the client. */
function readErrno(text: string): WebEvent | undefined {
  const end = text.indexOf(CLIENT);
  const head = clip(end < 0 ? text : text.slice(0, end), 2048);
  let errno: string | undefined;
  for (const match of head.matchAll(FAILED)) errno = match[1];
  if (errno === '28') return nginx('disk-full');
  if (errno === '24') return nginx('too-many-files');
  if (errno === '12') return nginx(head.startsWith('fork()') ? 'cannot-fork' : 'out-of-memory');
  if (errno === '2' && /^(?:open|stat|opendir)\(\) "\//.test(head) && end >= 0) {
    return { ...nginx('not-found', { detail: pathOf(head) }), ...known({ client: clientOf(text) }) };
  }
  if (/^"\/[^\n]{0,2000}" is not found \(2: /.test(head) && end >= 0) {
    return { ...nginx('not-found', { detail: pathOf(head) }), ...known({ client: clientOf(text) }) };
  }
  return undefined;
}

function pathOf(head: string): string | undefined {
  const open = head.indexOf('"');
  const close = head.lastIndexOf('" ');
  return open >= 0 && close > open ? clip(head.slice(open + 1, close), 200) : undefined;
}

function clientOf(text: string): string | undefined {
  const first = text.indexOf(CLIENT);
  if (first < 0 || text.indexOf(CLIENT, first + 1) >= 0) return undefined;
  const from = first + CLIENT.length;
  const comma = text.indexOf(',', from);
  return canonicalAddress(clip(comma < 0 ? text.slice(from) : text.slice(from, comma), 64));
}

function upstreamOf(text: string): string | undefined {
  const at = text.lastIndexOf(', upstream: "');
  if (at < 0) return undefined;
  const from = at + ', upstream: "'.length;
  const quote = text.indexOf('"', from);
  return quote < 0 ? undefined : clip(text.slice(from, quote), 200);
}

/** The text that PHP sent stands in quotes, and nginx's own words follow it. */
function readStderr(text: string): PhpEvent | undefined {
  const from = 'FastCGI sent in stderr: "'.length;
  const end = text.lastIndexOf('" while ');
  return readPhpMessage(end > from ? text.slice(from, end) : text.slice(from));
}

// Reads one message of PHP-FPM's own log: its pool's limits, its slow and ended requests, its children's deaths.
import type { EventPayload, FpmEvent } from '../../model/event.ts';
import { readPhpMessage } from './php.ts';
import { applyRules, clip, known, MESSAGE_MAX, numberOf, type Rule } from './rules.ts';
import { takePhpStamp } from './stamps.ts';

type Field = 'pool' | 'limit' | 'signal' | 'script' | 'seconds';

function fpm(what: FpmEvent['what'], fields: { [K in Field]?: FpmEvent[K] | undefined } = {}): FpmEvent {
  return { kind: 'fpm', what, ...known(fields) };
}

/** FPM itself ends children with these when it reloads, shrinks a pool or a request took too long. */
const OWN_SIGNALS = new Set([3, 10, 15]);

const poolRules: readonly Rule[] = [
  [
    'max_children setting',
    /^server reached (?:pm\.)?max_children setting \((\d{1,9})\)/,
    (m) => fpm('max-children-reached', { limit: numberOf(m[1]) }),
  ],
  ['seems busy', /^seems busy /, () => fpm('busy')],
  // The request line in the middle is the visitor's: only the begin and the end are FPM's words.
  [
    'executing too slow',
    /^child \d{1,10}, script '([^'\n]{0,500})'[^\n]*executing too slow \((\d{1,9}\.\d{1,6}) sec\), logging$/,
    (m) => fpm('slow-request', { script: m[1], seconds: numberOf(m[2]) }),
  ],
  [
    'execution timed out',
    /^child \d{1,10}, script '([^'\n]{0,500})'[^\n]*execution timed out \((\d{1,9}\.\d{1,6}) sec\), terminating$/,
    (m) => fpm('terminated', { script: m[1], seconds: numberOf(m[2]) }),
  ],
  [
    'exited on signal',
    /^child \d{1,10} exited on signal (\d{1,3})\b/,
    (m) => (OWN_SIGNALS.has(Number(m[1])) ? undefined : fpm('child-signal', { signal: numberOf(m[1]) })),
  ],
  ['said into std', /^child \d{1,10} said into std(?:err|out): "([^\n]*?)"?$/, (m) => readPhpMessage(m[1] ?? '')],
  ['cannot get', /^cannot get (?:uid|gid) for /, () => fpm('config-error')],
  ['specify user', /^(?:please )?specify user and group/, () => fpm('config-error')],
];

const masterRules: readonly Rule[] = [
  [
    'maximum number of processes',
    /^The maximum number of processes has been reached/,
    () => fpm('max-children-reached'),
  ],
  ['ready to handle', /^ready to handle connections/, () => fpm('started')],
  ['inishing', /^Finishing \.\.\./, () => fpm('stopping')],
  ['erminating', /^Terminating \.\.\./, () => fpm('stopping')],
  ['fork', /^fork\(\) failed/, () => fpm('cannot-fork')],
  ['unable to bind', /^unable to bind listening socket/, () => fpm('config-error')],
  ['nother FPM', /^(?:An a|A)nother FPM instance seems to already listen/, () => fpm('config-error')],
  [
    'ailed',
    /^(?:FPM initialization failed|failed to (?:post process|load) (?:the )?configuration)/,
    () => fpm('config-error'),
  ],
  ['', /^(?:No pool defined|\[\/[^\]\n]{1,300}:\d{1,7}\] )/, () => fpm('config-error')],
];

const LEVEL = /^(?:DEBUG|NOTICE|WARNING|ERROR|ALERT): {1,5}/;
/** With log_level = debug each line names the place in FPM's source. */
const PLACE = /^pid \d{1,10}, \w{1,80}\(\), line \d{1,7}: /;
const POOL = /^\[pool ([^\]\n]{1,200})\] /;

/**
 * What PHP-FPM says (sapi/fpm/fpm/fpm_children.c, fpm_process_ctl.c, fpm_request.c, fpm_sockets.c); what a worker wrote to stderr is read
 * as PHP's. Children that FPM ended itself (SIGTERM, SIGQUIT) are no event. `undefined` when it means nothing to us. Never throws.
 */
export function readFpmMessage(message: string): EventPayload | undefined {
  const text = takePhpStamp(clip(message, MESSAGE_MAX)).rest.replace(LEVEL, '').replace(PLACE, '').trimEnd();
  const pool = POOL.exec(text);
  if (!pool) return applyRules(masterRules, text);
  const found = applyRules(poolRules, text.slice(pool[0].length));
  return found?.kind === 'fpm' ? { ...found, ...known({ pool: pool[1] }) } : found;
}

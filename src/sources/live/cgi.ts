// Who holds which CGI worker, since when, for what: the web server tells a CGI process by its environment (RFC 3875).
import { canonicalAddress, inNetwork } from '../../model/address.ts';
import type { InFlightRequest } from '../../model/sample.ts';
import { maskTarget } from './mask.ts';
import { known } from './memory.ts';
import type { KnownProcess } from './processes.ts';
import type { Sight } from './sight.ts';

const ENVIRON_MAX = 32_768;
const TEXT_MAX = 200;
const BUDGET_MS = 400;
/** Programs that a web server starts for one request. */
const MAY_BE_CGI =
  /(?:^|\/)(?:php[\d.]*-cgi[\d.]*|php-cgi[\d.]*|php[\d.]*|perl[\d.]*|python[\d.]*|ruby[\d.]*|suphp|[^\s/]+\.(?:f?cgi|pl|py|php))(?:\s|$)/;

/** Reads the environment of each CGI process once: it stays as it was when the process began. */
export function cgiWatcher(sight: Sight, trustedProxies: readonly string[]) {
  let known = new Map<string, Omit<InFlightRequest, 'forS' | 'state'> | 'none'>();
  let refused = false;
  return {
    look(processes: readonly KnownProcess[]): InFlightRequest[] {
      const next: typeof known = new Map();
      const found: InFlightRequest[] = [];
      const began = performance.now();
      for (const { stat, args, process } of processes) {
        if (stat.state === 'Z' || !MAY_BE_CGI.test(args)) continue;
        const key = `${stat.pid} ${stat.startTicks}`;
        const before = known.get(key);
        // They are waited for while memory is short: what is left over is read with the next look.
        if (before === undefined && performance.now() - began > BUDGET_MS) continue;
        const request = before ?? readRequest(stat.pid);
        // A process that has just been forked gets its environment with exec.
        if (request !== 'none' || (process.elapsedS ?? 0) > 2) next.set(key, request);
        // Our own probe is no visitor.
        if (request === 'none' || request.agent === 'seawall') continue;
        found.push({
          ...request,
          pid: stat.pid,
          state: stat.state,
          ...(process.elapsedS !== undefined && { forS: process.elapsedS }),
        });
      }
      known = next;
      if (refused)
        sight.hidden(
          'For whom the CGI workers work: their environment belongs to other users.',
          'sudo seawall diagnose',
        );
      return found;
    },
  };

  function readRequest(pid: number): Omit<InFlightRequest, 'forS' | 'state'> | 'none' {
    const before = sight.refused();
    const text = sight.text(`/proc/${pid}/environ`, ENVIRON_MAX);
    if (text === undefined) {
      refused ||= sight.refused() > before;
      return 'none';
    }
    return cgiRequest(text, trustedProxies) ?? 'none';
  }
}

/** From the environment of a process; `undefined` when it serves no request. Never throws. */
export function cgiRequest(
  environ: string,
  trustedProxies: readonly string[] = [],
): Omit<InFlightRequest, 'forS' | 'state'> | undefined {
  const values = new Map<string, string>();
  for (const entry of environ.split('\0')) {
    const equals = entry.indexOf('=');
    if (equals > 0) values.set(entry.slice(0, equals), entry.slice(equals + 1));
  }
  const method = values.get('REQUEST_METHOD');
  if (method === undefined || !values.has('GATEWAY_INTERFACE')) return undefined;
  const target = values.get('REQUEST_URI') ?? values.get('SCRIPT_NAME') ?? values.get('SCRIPT_FILENAME');
  const host = values.get('HTTP_HOST') ?? values.get('SERVER_NAME');
  const agent = values.get('HTTP_USER_AGENT');
  return {
    seenBy: 'cgi',
    ...known({
      client: clientOf(values, trustedProxies),
      method: method.slice(0, 20),
      target: target === undefined ? undefined : cut(maskTarget(target)),
      host: host === undefined ? undefined : cut(host),
      agent: agent === undefined ? undefined : cut(agent),
    }),
  };
}

/** A forwarded address is believed from a proxy that was named, or from one on this very host. */
function clientOf(values: ReadonlyMap<string, string>, trusted: readonly string[]): string | undefined {
  const remote = values.get('REMOTE_ADDR');
  const peer = remote === undefined ? undefined : canonicalAddress(remote);
  const isProxy = peer !== undefined && ['127.0.0.0/8', '::1/128', ...trusted].some((proxy) => inNetwork(peer, proxy));
  const forwarded = isProxy ? values.get('HTTP_X_FORWARDED_FOR')?.split(',').at(-1)?.trim() : undefined;
  return (forwarded === undefined ? undefined : canonicalAddress(forwarded)) ?? peer;
}

function cut(text: string): string {
  return text.length > TEXT_MAX ? text.slice(0, TEXT_MAX) : text;
}

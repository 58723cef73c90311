// Which server wrote an access log, and so what its times and sizes mean: each server has habits that the others lack.
import type { AccessEntry, AccessFormat } from '../../model/access-entry.ts';
import type { ClfLayout } from './clf.ts';
import type { Columns } from './tail-columns.ts';

interface ServerVerdict {
  readonly name: 'Apache' | 'nginx' | 'LiteSpeed' | undefined;
  readonly stamp: AccessFormat['stamp'];
  readonly bytes: AccessFormat['bytes'];
}

/** No body belongs to these replies (RFC 9110, 15.3.5, 15.4.5 and 9.3.2). */
function isBodiless(entry: AccessEntry): boolean {
  return entry.status === 304 || entry.status === 204 || entry.method === 'HEAD';
}

/** Replies that may never have been sent: the client was gone, or never said anything. */
function isUnsent(entry: AccessEntry): boolean {
  return [0, 400, 408, 444, 499].includes(entry.status) || entry.protocol === '';
}

/**
 * - Apache's `%b` is `-` where nothing was sent; nginx, LiteSpeed and `%O` write a number.
 * - Apache and LiteSpeed escape a quote as `\"`; nginx as `\x22`, with capital hex digits where Apache has small ones.
 * - Apache stamps the begin and writes at the end, so that its lines are out of order; nginx stamps the end.
 * - 499 and 444 are nginx's own; an empty request is `""` with nginx. LiteSpeed leaves the zero off `HTTP/2`.
 * (mod_log_config.c, ngx_http_log_module.c, OpenLiteSpeed accesslog.cpp)
 */
export function judgeServer(
  entries: readonly AccessEntry[],
  lines: readonly string[],
  shape: { readonly layout: ClfLayout; readonly columns: Columns },
): ServerVerdict {
  const { layout, columns } = shape;
  const dashBytes = lines.some((line) => /" \d{3} -(?: |"|$)/.test(line));
  const name = ((): ServerVerdict['name'] => {
    if (layout.lineQuoted || layout.prefix === 'bracket-vhost') return 'LiteSpeed';
    if (entries.some((entry) => /^HTTP\/[23]$/.test(entry.protocol))) return 'LiteSpeed';
    if (columns.nginx) return 'nginx';
    if (dashBytes) return 'Apache';
    // A doubled backslash is Apache's for a real one: what follows it is the client's own text, perhaps made to look like nginx.
    const escaped = lines.map((line) => line.replaceAll('\\\\', '\\"'));
    const apache = escaped.some((line) => /\\"|\\x[0-9a-f]?[a-f]|\\[tnrb]/.test(line));
    const nginx =
      escaped.some((line) => /\\x(?:22|5C|[0-9A-F]?[A-F])/.test(line) || line.includes('] "" ')) ||
      entries.some((entry) => entry.status === 499 || entry.status === 444);
    if (apache !== nginx) return apache ? 'Apache' : 'nginx';
    // Only Apache has %D, %I and %O to tell by.
    if (columns.mainBytes === 'body' || columns.endsInOrder) return 'Apache';
    if (columns.fields.includes('durationUs') || columns.fields.includes('requestBytes')) return 'Apache';
    // `%v:%p`; nginx has no such habit.
    return layout.prefix === 'vhost' && lines.every((line) => /^\S+:\d{1,5} /.test(line)) ? 'Apache' : undefined;
  })();
  return { name, stamp: stampOf(name, entries), bytes: bytesOf(name, entries, dashBytes) };
}

function stampOf(name: ServerVerdict['name'], entries: readonly AccessEntry[]): AccessFormat['stamp'] {
  if (name !== undefined) return name === 'nginx' ? 'end' : 'begin';
  return isOutOfOrder(entries) ? 'begin' : 'end';
}

/** nginx's workers may disagree by a second, now and then; more than that is Apache's begin written at the end. */
export function isOutOfOrder(entries: readonly AccessEntry[]): boolean {
  let latest = Number.NEGATIVE_INFINITY;
  let small = 0;
  for (const { at } of entries) {
    if (at === undefined) continue;
    const back = latest - at;
    if (back >= 2000 || (back >= 1000 && ++small >= 3)) return true;
    latest = Math.max(latest, at);
  }
  return false;
}

function bytesOf(
  name: ServerVerdict['name'],
  entries: readonly AccessEntry[],
  dashBytes: boolean,
): AccessFormat['bytes'] {
  const sent = entries.filter((entry) => !isUnsent(entry));
  const wire = sent.some((entry) => isBodiless(entry) && (entry.bytes ?? 0) > 0);
  // A reply always has headers: a size of nothing, or a dash, counts the body only.
  const body = dashBytes || sent.some((entry) => entry.bytes === 0);
  if (wire !== body) return wire ? 'wire' : 'body';
  return !wire && name === 'nginx' ? 'body' : 'unknown';
}

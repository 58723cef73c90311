// Which endpoint a request is for: method and path, with the values of the query folded away.
import { pathOf } from '../model/http.ts';

const ENDPOINT_MAX = 120;
const KEYS_MAX = 3;

/**
 * "GET /shop/?color&size": the path as sent, doubled slashes made one, with the names of up to three query
 * parameters. Parameters whose names hold digits are folded into `…`: they are values in disguise (cache busters).
 */
export function endpointOf(method: string, target: string): string {
  const path = foldNumbers(pathOf(target).replace(/\/{2,}/g, '/'));
  const query = target.indexOf('?');
  const keys = query < 0 ? '' : keysOf(target.slice(query + 1, query + 400));
  const endpoint = `${method === '' ? '-' : method} ${path}${keys}`;
  return endpoint.length > ENDPOINT_MAX ? `${endpoint.slice(0, ENDPOINT_MAX)}…` : endpoint;
}

/** Pages of a list are one endpoint: "/shop/page/12/" is "/shop/page/N/"; so are things known by a long number. */
function foldNumbers(path: string): string {
  return path.includes('/page/') || /\d{5}/.test(path)
    ? path.replace(/(?<=\/page\/)\d+(?=\/|$)|(?<=\/)\d{5,}(?=\/|$)/g, 'N')
    : path;
}

function keysOf(query: string): string {
  const names = new Set<string>();
  for (const part of query.split('&', 12)) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    names.add(/^[A-Za-z_][A-Za-z_[\].-]{0,23}$/.test(name) ? name : '…');
  }
  return `?${[...names].sort().slice(0, KEYS_MAX).join('&')}`;
}

// Which endpoint a request is for: method and path, with the values of the query folded away.
import { pathOf } from '../model/http.ts';
import { queryFacts, queryOf } from './query.ts';

const ENDPOINT_MAX = 120;

/**
 * "GET /shop/?color&size": the path as sent, doubled slashes made one, with the names of up to three query
 * parameters. Parameters whose names hold digits are folded into `…`: they are values in disguise (cache busters).
 */
export function endpointOf(method: string, target: string): string {
  const query = queryOf(target);
  return endpointFrom(method, foldedPath(pathOf(target)), query === undefined ? '' : queryFacts(query).keys);
}

/** The same from its parts: a path that was folded, and the names of the query's parameters with their question mark. */
export function endpointFrom(method: string, folded: string, keys: string): string {
  const endpoint = `${method === '' ? '-' : method} ${folded}${keys}`;
  return endpoint.length > ENDPOINT_MAX ? `${endpoint.slice(0, ENDPOINT_MAX)}…` : endpoint;
}

/** Pages of a list are one endpoint: "/shop/page/12/" is "/shop/page/N/"; so are things known by a long number. */
export function foldedPath(path: string): string {
  const single = path.replace(/\/{2,}/g, '/');
  return single.includes('/page/') || /\d{5}/.test(single)
    ? single.replace(/(?<=\/page\/)\d+(?=\/|$)|(?<=\/)\d{5,}(?=\/|$)/g, 'N')
    : single;
}

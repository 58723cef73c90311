// Gathers captured requests: those that are wanted, as many as are, and one example of each kind.
import type { CapturedRequest } from '../../model/capture.ts';

export interface WantedRequests {
  /** Only for this path, or one that ends in it where it is a PHP file; else all with a body, and all for xmlrpc.php. */
  readonly path?: string;
  /** Only of this canonical address, peer or behind a proxy. */
  readonly from?: string;
  readonly count: number;
}

/** The same rule as the drop-in's. */
export function isWanted({ path, source, forwarded, method }: CapturedRequest, wanted: WantedRequests): boolean {
  const asked = path.replace(/\/+/g, '/');
  if (wanted.from !== undefined && source !== wanted.from && !forwarded?.includes(wanted.from)) return false;
  if (wanted.path === undefined) return !/^(?:GET|HEAD|OPTIONS)$/.test(method) || asked.endsWith('/xmlrpc.php');
  return asked === wanted.path || (wanted.path.endsWith('.php') && asked.endsWith(wanted.path));
}

const EXAMPLES_MAX = 8;

/** The first of each kind: what differs in its method, path, body, calls or fields. */
export function examplesOf(requests: readonly CapturedRequest[]): CapturedRequest[] {
  const seen = new Map<string, CapturedRequest>();
  for (const request of requests) {
    const { method, path, body, calls, fields } = request;
    const key = [method, path, body, ...calls.map(({ name }) => name), ...fields].join(' ');
    if (seen.size >= EXAMPLES_MAX) break;
    if (!seen.has(key)) seen.set(key, request);
  }
  return [...seen.values()];
}

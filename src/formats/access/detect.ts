// Finds out which access log format a file has, from its first lines alone.
import type { AccessFormat } from '../../model/access-entry.ts';
import { detectClf } from './clf-detect.ts';
import { detectJson } from './json-log.ts';

/**
 * Apache's, nginx's and LiteSpeed's formats around "common" and "combined", and JSON lines of nginx and Caddy.
 * `undefined` when the lines are no access log, or one in a format that has to be told (`compileLogFormat`).
 */
export function detectAccessFormat(head: readonly string[]): AccessFormat | undefined {
  const braces = head.filter((line) => line.startsWith('{')).length;
  return braces * 2 > head.length ? detectJson(head) : detectClf(head);
}

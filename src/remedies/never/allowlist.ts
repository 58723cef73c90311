// The allowlist: addresses and networks that are never blocked, one a line, written by the administrator.
import { HostError, type HostReader } from '../../model/host.ts';
import { parseTarget } from '../safe.ts';
import type { Never } from './reason.ts';

const LINES_MAX = 100_000;

/**
 * A line holds an address or a network; what follows a `#` is a comment. A line that can't be read might have meant anybody, so
 * nothing is blocked then.
 * @throws HostError that names the line.
 */
export function allowlist(host: HostReader, path: string): Never[] {
  const text = host.readText(path, 8 << 20);
  if (text === undefined) return [];
  const lines = text.split('\n');
  if (lines.length > LINES_MAX) throw new HostError(`Reading ${path}: more than ${LINES_MAX} lines.`);
  return lines.flatMap((line, i) => {
    const hash = line.indexOf('#');
    const name = (hash < 0 ? line : line.slice(0, hash)).trim();
    const comment = hash < 0 ? '' : plain(line.slice(hash + 1)).trim();
    if (name === '') return [];
    const target = parseTarget(name);
    if (!target) {
      throw new HostError(
        `Reading ${path}: line ${i + 1} is no address or network: "${plain(name)}". Nothing is blocked until it can be read: one address or network a line, comments after #.`,
      );
    }
    const why = `allowed in ${path}, line ${i + 1}${comment === '' ? '' : ` (${comment})`}`;
    return [{ target: target.text, why, instead: 'Take it out there if it should be blocked all the same.' }];
  });
}

function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}

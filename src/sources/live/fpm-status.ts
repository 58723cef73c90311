// PHP-FPM's full status: what each of its workers is busy with, since when. Asked at the pool's own socket.
import type { FpmPool } from '../../config/fpm.ts';
import type { HostReader, LocalDoor } from '../../model/host.ts';
import type { InFlightRequest } from '../../model/sample.ts';
import { fastcgiAnswer, fastcgiRequest } from './fastcgi.ts';
import { maskTarget } from './mask.ts';
import { known } from './memory.ts';

const TIMEOUT_MS = 1500;
const ANSWER_MAX = 4 << 20;
const TEXT_MAX = 200;

/** Empty when it is off, or late: a pool whose workers are all busy answers only at `pm.status_listen`. */
export async function askFpmStatus(host: HostReader, pool: FpmPool): Promise<InFlightRequest[]> {
  const door = doorOf(pool.statusListen ?? pool.listen);
  if (pool.statusPath === undefined || !door) return [];
  const request = fastcgiRequest({
    SCRIPT_NAME: pool.statusPath,
    SCRIPT_FILENAME: pool.statusPath,
    REQUEST_METHOD: 'GET',
    REQUEST_URI: pool.statusPath,
    QUERY_STRING: 'full&json',
  });
  const answer = await host.converse({
    door,
    send: request,
    isWhole: (bytes) => fastcgiAnswer(bytes) !== undefined,
    timeoutMs: TIMEOUT_MS,
    most: ANSWER_MAX,
  });
  if ('none' in answer) return [];
  return parseFpmStatus(fastcgiAnswer(answer.bytes) ?? '', pool.statusPath);
}

/** "/run/php/php8.2-fpm.sock", "9000", "127.0.0.1:9000". */
export function doorOf(listen: string | undefined): LocalDoor | undefined {
  if (listen === undefined) return undefined;
  if (listen.startsWith('/')) return { path: listen };
  const [, host, port] = /^(?:\[?([^\]]*)\]?:)?(\d{1,5})$/.exec(listen) ?? [];
  if (port === undefined) return undefined;
  const everywhere = host === undefined || host === '' || host === '*' || host === '0.0.0.0' || host === '::';
  return { address: everywhere ? '127.0.0.1' : host, port: Number(port) };
}

/** `?full&json` of fpm_status.c. Who asked stands nowhere in it. Never throws. */
export function parseFpmStatus(answer: string, ownPath: string): InFlightRequest[] {
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return [];
  }
  const processes = field(json, 'processes');
  if (!Array.isArray(processes)) return [];
  return processes.flatMap((one: unknown): InFlightRequest[] => {
    const [state, target, method] = [field(one, 'state'), field(one, 'request uri'), field(one, 'request method')];
    if (typeof state !== 'string' || state === 'Idle' || typeof target !== 'string' || target.startsWith(ownPath))
      return [];
    const [duration, pid] = [field(one, 'request duration'), field(one, 'pid')];
    return [
      {
        seenBy: 'fpm',
        ...known({
          method: typeof method === 'string' && method !== '-' ? method.slice(0, 20) : undefined,
          target: maskTarget(target).slice(0, TEXT_MAX),
          // Microseconds.
          forS: typeof duration === 'number' ? Math.round(duration / 100_000) / 10 : undefined,
          pid: typeof pid === 'number' ? pid : undefined,
        }),
      },
    ];
  });
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

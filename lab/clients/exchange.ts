// One request and its answer over a connection of its own, so that version, source, pace and patience are the caller's.
import { connect } from 'node:net';
import { checkSource, checkTarget } from './guard.ts';

export interface RequestPlan {
  readonly source: string;
  readonly target: string;
  readonly port?: number;
  readonly method?: string;
  readonly path: string;
  readonly version?: '1.0' | '1.1';
  /** Beside Host, Connection and Content-Length. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly host: string;
  /** Gives up after this many milliseconds; 30,000 when it is not said. */
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly source: string;
  readonly method: string;
  readonly path: string;
  /** Epoch milliseconds when it was sent. */
  readonly at: number;
  readonly ms: number;
  /** Absent when none came. */
  readonly status?: number;
  /** Bytes of the body as they came. */
  readonly bytes: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Its first 64 KiB. */
  readonly body: string;
  readonly error?: string;
}

const KEPT = 64 * 1024;

/** Never rejects for what the server does; throws for an address that is not the lab's. */
export function exchange(plan: RequestPlan): Promise<Answer> {
  checkTarget(plan.target);
  checkSource(plan.source);
  const { source, target, path, body, method = 'GET', version = '1.1' } = plan;
  const at = Date.now();
  const chunks: Buffer[] = [];
  let kept = 0;
  let total = 0;
  return new Promise((resolve) => {
    const socket = connect({ host: target, port: plan.port ?? 80, localAddress: source });
    const finish = (error?: string): void => {
      clearTimeout(timer);
      socket.destroy();
      const { status, headers, rest, headBytes } = parse(Buffer.concat(chunks));
      resolve({
        source,
        method,
        path,
        at,
        ms: Date.now() - at,
        ...(status === undefined ? {} : { status }),
        bytes: Math.max(0, total - headBytes),
        headers,
        body: rest,
        ...(error === undefined ? {} : { error }),
      });
    };
    const timer = setTimeout(() => finish('timeout'), plan.timeoutMs ?? 30_000);
    socket.on('connect', () => socket.write(requestText({ ...plan, method, version }) + (body ?? '')));
    socket.on('data', (chunk) => {
      total += chunk.length;
      if (kept < KEPT) chunks.push(chunk);
      kept += chunk.length;
    });
    socket.on('end', () => finish());
    socket.on('error', ({ message }) => finish(message));
  });
}

function requestText({ method, path, version, host, headers, body }: RequestPlan): string {
  const lines = [`${method} ${path} HTTP/${version}`, `Host: ${host}`, 'Connection: close'];
  for (const [name, value] of Object.entries(headers ?? {})) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function parse(bytes: Buffer): Pick<Answer, 'headers'> & { status?: number; rest: string; headBytes: number } {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return { headers: {}, rest: '', headBytes: bytes.length };
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(first)?.[1] ?? Number.NaN);
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const raw = bytes.subarray(end + 4);
  const rest = (headers['transfer-encoding'] === 'chunked' ? joinChunks(raw) : raw).subarray(0, KEPT).toString('utf8');
  return { ...(Number.isNaN(status) ? {} : { status }), headers, rest, headBytes: end + 4 };
}

/** RFC 9112, 7.1; as far as it goes, when the end is missing. */
function joinChunks(raw: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < raw.length; ) {
    const end = raw.indexOf('\r\n', at);
    const size = end < 0 ? Number.NaN : Number.parseInt(raw.toString('latin1', at, end), 16);
    if (!(size > 0)) break;
    parts.push(raw.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

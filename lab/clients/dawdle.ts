// A client that takes its time: it opens a connection and sends a header every few seconds, until the server has had enough.
import { connect } from 'node:net';
import { SERVER } from '../addresses.ts';
import type { Answer } from './exchange.ts';
import { checkSource, checkTarget } from './guard.ts';

const EVERY_MS = 4_000;
const PATIENCE_MS = 120_000;

export function dawdle({ source, target }: { readonly source: string; readonly target: string }): Promise<Answer> {
  checkTarget(target);
  checkSource(source);
  const at = Date.now();
  let bytes = 0;
  return new Promise((resolve) => {
    const socket = connect({ host: target, port: 80, localAddress: source });
    const finish = (error?: string): void => {
      clearInterval(pace);
      clearTimeout(patience);
      socket.destroy();
      const answer = { source, method: 'GET', path: '/', at, ms: Date.now() - at, bytes, headers: {}, body: '' };
      resolve(error === undefined ? answer : { ...answer, error });
    };
    const pace = setInterval(() => socket.writable && socket.write(`X-Part: ${Date.now()}\r\n`), EVERY_MS);
    const patience = setTimeout(() => finish('had enough'), PATIENCE_MS);
    socket.on('connect', () => socket.write(`GET / HTTP/1.1\r\nHost: ${SERVER.site}\r\nUser-Agent: Mozilla/5.0\r\n`));
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('end', () => finish());
    socket.on('error', ({ message }) => finish(message));
  });
}

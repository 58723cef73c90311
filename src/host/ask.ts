// Asks a web server of this host for a page, as a visitor would, by address: neither DNS nor a proxy of the environment has a say.
import { request as plain } from 'node:http';
import { request as encrypted } from 'node:https';
import { isIP } from 'node:net';
import type { WebAnswer, WebRequest } from '../model/host.ts';

const TIMEOUT_MS = 5000;
const BODY_MAX = 4096;
/** Read on to the end, so that the time is that of the whole page; not for ever. */
const READ_MAX = 8 << 20;
const LOCATION_MAX = 500;

export function ask(asked: WebRequest): Promise<WebAnswer | { readonly none: string }> {
  const { address, port, tls, host, path, method = 'GET', timeoutMs = TIMEOUT_MS, bodyMax = BODY_MAX } = asked;
  const begin = Date.now();
  return new Promise((resolve) => {
    const sent = (tls ? encrypted : plain)({
      host: address,
      port,
      path,
      method,
      headers: { Host: host, 'User-Agent': 'seawall', Accept: '*/*', Connection: 'close' },
      agent: false,
      ...(tls && { rejectUnauthorized: false, ...(isIP(host) === 0 && { servername: host.replace(/:\d+$/, '') }) }),
    });
    let settled = false;
    const settle = (answer: WebAnswer | { readonly none: string }): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      sent.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => settle({ none: `no answer in ${timeoutMs / 1000} s` }), timeoutMs);
    sent.on('error', (error) => settle({ none: error.message }));
    sent.on('response', (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const done = (): void => {
        const { location } = answer.headers;
        settle({
          status: answer.statusCode ?? 0,
          ms: Date.now() - begin,
          ...(location !== undefined && { location: location.slice(0, LOCATION_MAX) }),
          body: Buffer.concat(chunks).subarray(0, bodyMax).toString('utf8'),
        });
      };
      answer.on('data', (chunk: Buffer) => {
        if (size < bodyMax) chunks.push(chunk);
        size += chunk.length;
        if (size > READ_MAX) done();
      });
      answer.on('end', done);
      answer.on('error', (error) => settle({ none: error.message }));
    });
    sent.end();
  });
}

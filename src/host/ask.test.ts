// What must hold of a request to the host itself: by address and name, bounded in time, never followed elsewhere.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ask } from './ask.ts';

async function served<T>(listener: RequestListener, use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const to = (port: number) => ({ address: '127.0.0.1', port, tls: false, host: 'example.org', path: '/x?y' });

describe('a request to the host', () => {
  it('carries the name of the site, and brings status and the beginning of the page', async () => {
    const answer = await served(
      (asked, reply) => reply.writeHead(403).end(`${asked.headers.host} ${asked.url} ${'x'.repeat(100_000)}`),
      (port) => ask(to(port)),
    );
    expect(answer).toMatchObject({ status: 403, body: expect.stringMatching(/^example\.org \/x\?y x+$/) });
    expect('body' in answer && answer.body.length).toBe(4096);
  });

  it('tells a redirect, and stays', async () => {
    const answer = await served(
      (_, reply) => reply.writeHead(301, { Location: 'http://192.0.2.1/' }).end(),
      (port) => ask(to(port)),
    );
    expect(answer).toMatchObject({ status: 301, location: 'http://192.0.2.1/' });
  });

  it('gives up, also on a page that never ends', async () => {
    const answer = await served(
      (_, reply) => void reply.writeHead(200).write('begin'),
      (port) => ask({ ...to(port), timeoutMs: 200 }),
    );
    expect(answer).toEqual({ none: 'no answer in 0.2 s' });
  });

  it('says in words that nobody is there', async () => {
    expect(await ask(to(1))).toEqual({ none: expect.stringContaining('ECONNREFUSED') });
  });
});

// For tests: requests as a log tells them, and what the engine makes of them.
import fc from 'fast-check';
import type { AccessEntry, AccessFormat } from '../model/access-entry.ts';
import type { Traffic } from '../model/traffic.ts';
import { trafficAccumulator } from './accumulate.ts';
import { clientResolver, provedProxies } from './client.ts';

export const T0 = Date.UTC(2026, 10, 22, 9, 0, 0);

export function entry(fields: Partial<AccessEntry> = {}): AccessEntry {
  return {
    at: T0,
    client: '198.51.100.7',
    method: 'GET',
    target: '/',
    protocol: 'HTTP/1.1',
    status: 200,
    bytes: 1000,
    agent: 'Mozilla/5.0',
    ...fields,
  };
}

function format(stamp: 'begin' | 'end', bytes: AccessFormat['bytes'] = 'body'): AccessFormat {
  return { title: 'test', stamp, bytes, parse: () => undefined };
}

/** Several logs, one after the other, into one accumulator. */
export function accumulate(
  logs: readonly (readonly AccessEntry[])[],
  options: { stamp?: 'begin' | 'end'; trusted?: readonly string[] } = {},
): Traffic | undefined {
  const traffic = trafficAccumulator();
  logs.forEach((entries, n) => {
    const log = traffic.log(
      `log${n}`,
      format(options.stamp ?? 'end'),
      clientResolver(provedProxies(entries.slice(0, 500)), options.trusted ?? []),
    );
    entries.forEach((one, i) => {
      log.add(one, i + 1, `line ${i + 1}`);
    });
    log.end();
  });
  return traffic.finish();
}

/** As `accumulate`, where something must have come. */
export function trafficOf(...args: Parameters<typeof accumulate>): Traffic {
  const traffic = accumulate(...args);
  if (!traffic) throw new Error('no traffic');
  return traffic;
}

const address = fc.oneof(
  fc.tuple(fc.nat(2), fc.nat(20)).map(([network, host]) => `203.0.${network}.${host}`),
  fc.constantFrom('2001:db8::1', '2001:db8:0:1::1', '::ffff:203.0.113.9', 'host.example.com', '10.0.0.1', ''),
);

/** Requests of all kinds, from few addresses, within five minutes. */
export const entries = fc.array(
  fc.record(
    {
      at: fc.option(fc.integer({ min: T0, max: T0 + 300_000 }), { nil: undefined, freq: 20 }),
      client: address,
      method: fc.constantFrom('GET', 'POST', 'HEAD', ''),
      target: fc.oneof(
        fc.constantFrom('/', '/xmlrpc.php', '/wp-login.php', '/a.css', '/?s=1', '//xmlrpc.php', '/.env', '*', ''),
        fc.string({ unit: 'binary', maxLength: 30 }),
      ),
      protocol: fc.constantFrom('HTTP/1.0', 'HTTP/1.1', ''),
      status: fc.constantFrom(0, 101, 200, 302, 403, 404, 408, 499, 500, 503),
      bytes: fc.nat(1e6),
      durationMs: fc.nat(60_000),
      referer: fc.constantFrom('-', '', 'https://example.com/x', 'nonsense'),
      agent: fc.constantFrom('Mozilla/5.0', '', 'curl/8'),
      requestBytes: fc.nat(5000),
    },
    { requiredKeys: ['at', 'client', 'method', 'target', 'protocol', 'status'] },
  ),
  { maxLength: 120 },
);

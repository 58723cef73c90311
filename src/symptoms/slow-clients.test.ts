// Connections without a request: many of one peer. Browsers that connect in advance, floods and downloads are something else.
import { describe, expect, it } from 'vitest';
import {
  ATTACKER,
  at,
  events,
  found,
  program,
  readers,
  requests,
  sample,
  samples,
  visitor,
} from './dossier.fixture.ts';
import { slowClients } from './slow-clients.ts';

const held = (count: number, address = ATTACKER, state = 'ESTAB') => ({
  connections: [
    { peer: address, state, count, peerPort: 40_000 },
    { peer: visitor(1), state: 'ESTAB', count: 6, peerPort: 40_000 },
  ],
});
const timeouts = (times: number, client: (i: number) => string) =>
  requests(times, 1, (i) => ({ client: client(i), method: '', target: '-', protocol: '', status: 408, bytes: 0 }));

describe('slow-clients by connections', () => {
  it('is fifty of one peer', () => {
    expect(found(slowClients, { samples: [sample(0, held(50))] })).toMatchObject([
      { measure: { connections: 50, topSource: ATTACKER, topShare: 50 / 56 } },
    ]);
    expect(found(slowClients, { samples: [sample(0, held(49))] })).toEqual([]);
  });

  it.each([
    ['a flood, whose connections ask for something', { access: requests(200, 0.1, { client: ATTACKER }) }],
    ['what PHP works on', { php: program('php-cgi', 40) }],
  ])('is not %s', (_what, {
    access,
    php,
  }: { access?: typeof timeouts.prototype; php?: ReturnType<typeof program> }) => {
    const seen = [sample(0, { ...held(150), ...(php && { programs: [php] }) })];
    expect(found(slowClients, { samples: seen, ...(access && { access }) })).toEqual([]);
  });

  it.each([
    ['a proxy that always holds many', samples([60, 70, 65, 70, 80], (count) => held(count))],
    ['connections that are over', [sample(0, held(400, ATTACKER, 'TIME-WAIT'))]],
    [
      'what the server itself opened',
      [sample(0, { connections: [{ peer: '192.0.2.8', state: 'ESTAB', count: 90, peerPort: 443 }] })],
    ],
  ])('is not %s', (_what, seen) => {
    expect(found(slowClients, { samples: seen })).toEqual([]);
  });
});

describe('slow-clients by time-outs', () => {
  it('is twenty requests that never came, many of one peer', () => {
    expect(found(slowClients, { access: [...readers(5), ...timeouts(20, () => ATTACKER)] })).toMatchObject([
      { span: { from: at(0), to: at(19) }, measure: { timeouts: 20, topSource: ATTACKER, topShare: 1 } },
    ]);
    expect(found(slowClients, { access: [...readers(5), ...timeouts(19, () => ATTACKER)] })).toEqual([]);
  });

  it('is not browsers that connect in advance: many addresses with one or two each', () => {
    const access = [...readers(5), ...timeouts(300, (i) => visitor(i % 180))];
    expect(found(slowClients, { access })).toEqual([]);
  });

  it('is told by the error log, by the client that is named most', () => {
    const late = (client: string) => ({ kind: 'web', server: 'nginx', what: 'client-timeout', client }) as const;
    expect(found(slowClients, { events: events(20, 1, late(ATTACKER)) })).toMatchObject([
      { measure: { topSource: ATTACKER, timeouts: 20 } },
    ]);
    const everybody = Array.from({ length: 60 }, (_, n) => events(1, 1, late(visitor(n)), n)).flat();
    expect(found(slowClients, { events: everybody })).toEqual([]);
  });
});

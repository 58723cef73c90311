// For tests: made-up access logs of all layouts that the kernel reads, with what hostile clients, crashes and cut files put into them.
import fc from 'fast-check';
import type { TrafficQuery } from '../model/traffic-query.ts';
import { DIMENSIONS } from '../model/traffic-query.ts';
import type { Setting } from './kernel.fixture.ts';

const BEGIN = Date.UTC(2026, 10, 22, 9, 0, 0);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const oneOf = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);
const digits = (max: number): fc.Arbitrary<string> => fc.nat(max).map(String);

const address = fc.oneof(
  { weight: 8, arbitrary: fc.nat(9).map((n) => `198.51.100.${n}`) },
  { weight: 3, arbitrary: fc.tuple(fc.nat(3), fc.nat(255)).map(([a, b]) => `203.0.${a}.${b}`) },
  { weight: 2, arbitrary: fc.nat(40).map((n) => `2001:db8:${n.toString(16)}::${n}`) },
  {
    weight: 3,
    arbitrary: oneOf(
      '10.0.0.1',
      '127.0.0.1',
      '::1',
      '::ffff:192.0.2.7',
      '2001:DB8::00A',
      '2001:0db8:0000:0000:0000:0000:0000:0001',
      'fe80::1%eth0',
      '192.0.2.010',
      '256.1.1.1',
      '1.2.3',
      '192.0.2.1.',
      'unix:',
      'crawl-66-249-66-1.googlebot.com',
      'HOST.example.ORG',
      'ho\u00dft',
      '-',
      '::',
      '1::2::3',
      '104.16.0.9',
      '192.168.7.7',
    ),
  },
);

const user = fc.oneof(
  { weight: 9, arbitrary: fc.constant('-') },
  {
    weight: 1,
    arbitrary: oneOf('bob', 'a b', '""', '"x"', 'a] [b', '[22/Nov/2026:09:00:00 +0000]', '\u00fc', 'x - -'),
  },
);

const path = fc.oneof(
  {
    weight: 5,
    arbitrary: oneOf(
      '/',
      '/index.php',
      '/wp-login.php',
      '/xmlrpc.php',
      '/wp-admin/',
      '/wp-admin/admin-ajax.php',
      '/blog//xmlrpc.php',
      '/a/b.css',
      '/A/B.JPG',
      '/.env',
      '/.git/config',
      '/2026/11/22/title/',
      '/feed/12345/x',
      '/%2e%2e/etc/passwd',
      '/caf\u00e9/\u2603',
      '*',
      'http://example.org/abs',
      'http://example.org',
      '/user/login',
      '/administrator/index.php',
      '/x#y',
      '/img.png/x',
      '/download.tar.gz',
      '/\\x22\\"quoted\\"',
      '/back\\\\slash',
    ),
  },
  { weight: 3, arbitrary: fc.nat(60).map((n) => `/p/${n}`) },
  { weight: 1, arbitrary: fc.nat(400).map((n) => `/${'long/'.repeat(n)}`) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `/${text.replace(/[\s"]/gu, '')}`),
  },
);

const query = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  {
    weight: 4,
    arbitrary: fc
      .array(
        fc.tuple(
          oneOf('a', 'b', 'action', 'utm_source', 'gclid', 'id', 's', 'q', '', 'A', 'filter_x', 'cmd', 'rest_route'),
          oneOf(
            '',
            '=',
            '=1',
            '=lostpassword',
            '=logout',
            '=%27+union+select',
            '=../../etc/passwd',
            '==',
            '=1?2',
            '=\u00e4',
          ),
        ),
        { maxLength: 15 },
      )
      .map((pairs) => `?${pairs.map((pair) => pair.join('')).join('&')}`),
  },
);

const method = oneOf(
  'GET',
  'GET',
  'GET',
  'GET',
  'POST',
  'POST',
  'HEAD',
  'PUT',
  'OPTIONS',
  'PROPFIND',
  'get',
  'G\u00c9T',
  'M-SEARCH',
);
const protocol = oneOf(
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/2.0',
  'HTTP/2',
  'HTTP/3',
  'http/1.1',
  'HTTP/',
  'RTSP/1.0',
);

const request = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(method, path, query, protocol).map(([m, p, q, v]) => `${m} ${p}${q} ${v}`) },
  {
    weight: 1,
    arbitrary: oneOf(
      '-',
      '',
      'GET',
      'GET /',
      'GET  / HTTP/1.1',
      'GET /a b HTTP/1.1',
      '\\x16\\x03\\x01\\x02',
      '\\n',
      'quit',
      'POST /xmlrpc.php',
      ' / HTTP/1.1',
      'GET / HTTP/1.1 ',
      '/ HTTP/1.1',
      '\u0000\u0001',
    ),
  },
);

const status = fc.oneof(
  {
    weight: 9,
    arbitrary: oneOf('200', '200', '200', '301', '302', '304', '403', '404', '408', '499', '500', '502', '503'),
  },
  { weight: 1, arbitrary: oneOf('-', '0', '000', '999', '1000', '20', '2000', '199', '100') },
);

const bytes = fc.oneof(
  { weight: 9, arbitrary: digits(100_000) },
  { weight: 1, arbitrary: oneOf('-', '0', '00', '4294967296', '999999999999999', '1000000000000000', '1.5', '') },
);

const quoted = fc.oneof(
  { weight: 3, arbitrary: fc.constant('-') },
  {
    weight: 5,
    arbitrary: oneOf(
      'https://www.example.org/page?x=1',
      'http://EXAMPLE.org:8080/',
      'https://[2001:db8::1]:443/x',
      'android-app://com.google',
      'Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0',
      'Mozilla/5.0 (X11; Linux x86_64) Firefox/121.0',
      'curl/8.14.1',
      'Googlebot/2.1 (+http://www.google.com/bot.html)',
      '',
      'a\\"b',
      'ends with a backslash \\\\',
      '\\x41\\xZZ',
      'tab\\t',
      '\u00e9\u4e2d\ud83d\ude00',
      ' ',
      '//',
      'https://',
      'https://user:pass@host.example/',
      'x'.repeat(700),
      'WordPress/6.4; https://site.example',
    ),
  },
  { weight: 1, arbitrary: fc.nat(60).map((n) => `Agent ${n}.${n} (build ${n * 7919})`) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/["\\\n\r]/g, '')),
  },
);

const forwarded = fc.oneof(
  fc.constant('-'),
  address,
  fc.array(address, { minLength: 1, maxLength: 4 }).map((list) => list.join(', ')),
  oneOf('unknown', '192.0.2.1:1234', '', '10.0.0.1, 10.0.0.2', ',', '198.51.100.1,198.51.100.2', 'x'.repeat(300)),
);

const seconds = fc.oneof(
  fc.nat(60_000).map((ms) => (ms / 1000).toFixed(3)),
  oneOf('-', '0.000', '0.001, 0.200', '0.1 : 0.2', '-, 0.5', '1', '1.', '.5', '1e3', '999999999'),
);

/** Everything that a line of any layout is made of. */
const parts = fc.record({
  address,
  ident: fc.constantFrom('-', '-', '-', 'www.example.org', 'ident'),
  host: oneOf('www.example.org', 'www.example.org:443', 'EXAMPLE.org', 'a', '192.0.2.80', 'b.example:80', '-'),
  user,
  lag: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: -200, max: 400 }) },
  ),
  zone: fc.oneof(
    { weight: 12, arbitrary: fc.constant('+0100') },
    { weight: 1, arbitrary: oneOf('+0000', '-0800', '+0530', '+1500', 'GMT+1', '+0060') },
  ),
  odd: fc.oneof(
    { weight: 30, arbitrary: fc.constant('') },
    {
      weight: 1,
      arbitrary: oneOf(
        '31/Feb/2026:10:00:00',
        '22/Nov/1971:10:00:00',
        '22/Nov/2099:10:00:00',
        '1/Nov/2026:010:00:0',
        '22/nov/2026:10:00:00',
        '22/Nov/2026:24:00:00',
        '22/Nov/2026:10:60:00',
        '22/Nov/2026:10:00:60',
      ),
    },
  ),
  request,
  status,
  bytes,
  referer: quoted,
  agent: quoted,
  micros: fc.oneof(digits(90_000_000), oneOf('-', '0', '-1', '12345678901234567890')),
  seconds,
  upstream: seconds,
  forwarded,
  input: fc.oneof(digits(5000), oneOf('-')),
});

type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;

const clf = (of: Parts, time: string): string => `[${time}] "${of.request}" ${of.status} ${of.bytes}`;
const headers = (of: Parts): string => `"${of.referer}" "${of.agent}"`;

const LAYOUTS: Readonly<Record<string, (of: Parts, time: string) => string>> = {
  common: (of, time) => `${of.address} - ${of.user} ${clf(of, time)}`,
  combined: (of, time) => `${of.address} ${of.ident} ${of.user} ${clf(of, time)} ${headers(of)}`,
  vhost: (of, time) => `${of.host} ${of.address} - ${of.user} ${clf(of, time)} ${headers(of)}`,
  hostIdent: (of, time) => `${of.address} ${of.host} ${of.user} ${clf(of, time)} ${headers(of)}`,
  micros: (of, time) => `${of.address} - ${of.user} ${clf(of, time)} ${headers(of)} ${of.micros}`,
  upstream: (of, time) =>
    `${of.address} - ${of.user} ${clf(of, time)} ${headers(of)} rt=${of.seconds} urt="${of.upstream}"`,
  timed: (of, time) => `${of.address} - ${of.user} ${clf(of, time)} ${headers(of)} ${of.seconds} ${of.upstream}`,
  forwarded: (of, time) => `${of.address} - ${of.user} ${clf(of, time)} ${headers(of)} "${of.forwarded}"`,
  sized: (of, time) => `${of.address} - ${of.user} ${clf(of, time)} ${headers(of)} ${of.input} ${of.bytes}`,
  vhostCommon: (of, time) => `${of.host} ${of.address} - ${of.user} ${clf(of, time)}`,
};

function timeOf(at: number, zone: string, odd: string): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${odd === '' ? `${day}:${clock}` : odd} ${zone}`;
}

/** A change to the bytes of a line. */
export const spoiling = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(400), byte: fc.integer({ min: 0, max: 255 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(400),
    byte: fc.constantFrom(0, 9, 10, 13, 32, 34, 44, 45, 58, 91, 92, 93, 0x80, 0xc3, 0xe2, 0xff),
  }),
  fc.record({ kind: fc.constant('delete' as const), at: fc.nat(400), byte: fc.nat(30) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(400), byte: fc.constant(0) }),
  fc.record({ kind: fc.constant('nuls' as const), at: fc.constant(0), byte: fc.nat(20) }),
);

export type Spoiling = typeof spoiling extends fc.Arbitrary<infer T> ? T : never;

export function spoilt(line: Buffer, { kind, at, byte }: Spoiling): Buffer {
  const place = line.length === 0 ? 0 : at % line.length;
  const [before, after] = [line.subarray(0, place), line.subarray(place)];
  switch (kind) {
    case 'set':
      return Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, Buffer.of(byte), after]);
    case 'delete':
      return Buffer.concat([before, after.subarray(byte)]);
    case 'cut':
      return Buffer.from(before);
    case 'nuls':
      return Buffer.concat([Buffer.alloc(byte), line]);
  }
}

const line = fc.record({
  parts,
  step: fc.oneof({ weight: 9, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(4000) }),
  end: fc.oneof(
    { weight: 15, arbitrary: fc.constant('\n') },
    { weight: 1, arbitrary: oneOf('\r\n', '\n\n', '\r\r\n', '\n \n') },
  ),
  spoilt: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Spoiling[]>([]) },
    { weight: 1, arbitrary: fc.array(spoiling, { minLength: 1, maxLength: 3 }) },
  ),
  repeated: fc.oneof({ weight: 40, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(500, 3000) }),
});

/** A line whose layout is beyond doubt, so that a log is recognised by a few of them. */
const PLAIN: Parts = {
  address: '198.51.100.200',
  ident: '-',
  host: 'www.example.org',
  user: '-',
  lag: 0,
  zone: '+0100',
  odd: '',
  request: 'GET /plain HTTP/1.1',
  status: '200',
  bytes: '512',
  referer: '-',
  agent: 'Mozilla/5.0 (X11; Linux x86_64)',
  micros: '1200345',
  seconds: '0.123',
  upstream: '0.120',
  forwarded: '203.0.113.9',
  input: '477',
};

/** The bytes of a log. */
export const accessLogBytes: fc.Arbitrary<Buffer> = fc
  .record({
    layout: fc.constantFrom(...Object.keys(LAYOUTS)),
    plain: fc.constantFrom(5, 30),
    lines: fc.array(line, { minLength: 1, maxLength: 60 }),
    before: fc.oneof(
      { weight: 12, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: oneOf('\ufeff', '\0\0\0', '\0\0\ufeff', '\n', '\r\n') },
    ),
    proxied: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    endless: fc.boolean(),
  })
  .map(({ layout, plain, lines, before, proxied, endless }) => {
    const render = LAYOUTS[layout] ?? ((of: Parts) => of.request);
    const made: Buffer[] = [Buffer.from(before)];
    let at = BEGIN;
    for (let i = 0; i < (proxied ? 80 : plain); i++) {
      const of = proxied ? { ...PLAIN, address: '192.0.2.250', forwarded: `203.0.113.${i}` } : PLAIN;
      made.push(Buffer.from(`${render(of, timeOf(at, of.zone, ''))}\n`));
    }
    for (const one of lines) {
      at += one.step * 1000;
      const text = render(one.parts, timeOf(at - one.parts.lag * 1000, one.parts.zone, one.parts.odd));
      const changed = one.spoilt.reduce<Buffer>(spoilt, Buffer.from(text));
      for (let i = 0; i < Math.min(one.repeated, 100_000 / Math.max(1, changed.length)); i++) {
        made.push(changed);
        made.push(Buffer.from(one.end));
      }
    }
    const whole = Buffer.concat(made);
    return endless ? whole.subarray(0, whole.length - 1) : whole;
  });

/** A line that is longer than any that is read whole; with an end, or without. */
export const longLine: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.constantFrom(
      65_500,
      65_536,
      65_537,
      70_000,
      131_072,
      196_600,
      196_611,
      200_000,
      262_143,
      262_144,
      262_145,
      600_000,
    ),
    oneOf('x', '\u00e9', '\u4e2d', '\0', '\\"'),
    fc.boolean(),
    oneOf('', '"', 'GET '),
  )
  .map(([length, unit, ended, end]) =>
    Buffer.from(
      `198.51.100.9 - - [22/Nov/2026:10:00:01 +0100] "GET /${unit.repeat(Math.ceil(length / Buffer.byteLength(unit)))} HTTP/1.1" 200 5 "-" "x${end}${ended ? '\n' : ''}`,
    ),
  );

const filter = fc.record(
  {
    sources: fc.array(oneOf('198.51.100.0/28', '198.51.100.3', '2001:db8::/32', '203.0.113.0/24', '10.0.0.0/8'), {
      minLength: 1,
      maxLength: 2,
    }),
    paths: fc.array(oneOf('/wp-login.php', '/p/*', '/', '*.php', '/caf\u00e9*', '/P/1'), {
      minLength: 1,
      maxLength: 2,
    }),
    statuses: fc.array(
      fc.constantFrom({ from: 200, to: 299 }, { from: 404, to: 404 }, { from: 0, to: 0 }, { from: 500, to: 599 }),
      { minLength: 1, maxLength: 2 },
    ),
    agents: fc.array(oneOf('mozilla', 'curl', '', 'agent 1', '\u00e9'), { minLength: 1, maxLength: 2 }),
    methods: fc.array(oneOf('GET', 'POST', 'get', '', '-'), { minLength: 1, maxLength: 2 }),
    hosts: fc.array(oneOf('www.example.org', '*.example', 'a', ''), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: [] },
);

const dimension = fc.constantFrom(...DIMENSIONS);

const trafficQuery: fc.Arbitrary<TrafficQuery> = fc
  .record({
    filter: fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: filter }),
    by: fc.oneof(
      fc.constant(undefined),
      dimension.map((one) => [one] as const),
      fc.tuple(dimension, dimension),
    ),
  })
  .map(({ filter: only, by }) => ({ filter: only, ...(by && { by }) }));

/** What a person may ask. */
export const setting: fc.Arbitrary<Setting> = fc
  .record({
    query: fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: trafficQuery }),
    from: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.nat(100).map((s) => BEGIN - 3_600_000 + s * 1000) },
    ),
    to: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.nat(200).map((s) => BEGIN - 3_600_000 + s * 1000) },
    ),
    trustedProxies: fc.constantFrom([], [], ['198.51.100.0/29'], ['198.51.100.3', '2001:db8::/32'], ['0.0.0.0/0']),
  })
  .map(({ query: asked, from, to, trustedProxies }) => ({
    query: asked,
    window: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    trustedProxies,
  }));

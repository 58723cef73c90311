// Where there is no nftables: sets of ipset(8), used by one rule each of iptables(8) and ip6tables(8).
import { type Argv, HostError, type HostReader, type ProgramResult } from '../../model/host.ts';
import { type Piece, rangeFrom, rangeText } from './ranges.ts';
import { type Firewall, type HeldPiece, LIST_MAX, SLOW_MS } from './state.ts';

const SETS = { 4: 'seawall4', 6: 'seawall6' } as const;
const FAMILY = { 4: 'inet', 6: 'inet6' } as const;
const TABLES = { 4: 'iptables', 6: 'ip6tables' } as const;
const FAMILIES = [4, 6] as const;
/** The longest time that ipset takes, in seconds; the longer wish is renewed by the next command that acts. */
const TIMEOUT_MAX = 2_147_483;
const SIZE_MAX = 1_000_000;

/** What comes in is dropped before connection tracking; what goes out is reset, so that open connections end. */
function rulesOf(family: 4 | 6): readonly (readonly [table: string, ...rule: string[]])[] {
  const set = SETS[family];
  return [
    ['raw', 'PREROUTING', '!', '-i', 'lo', '-m', 'set', '--match-set', set, 'src', '-j', 'DROP'],
    [
      'filter',
      'OUTPUT',
      '-p',
      'tcp',
      '-m',
      'set',
      '--match-set',
      set,
      'dst',
      '-j',
      'REJECT',
      '--reject-with',
      'tcp-reset',
    ],
  ];
}

/** A rule's argument list: `-w` waits for others who are changing rules. */
function rule(family: 4 | 6, verb: '-C' | '-I' | '-D', [table, ...rest]: readonly [string, ...string[]]): Argv {
  return [TABLES[family], '-w', '5', '-t', table, verb, ...rest];
}

export async function ipsetIsThere(host: HostReader): Promise<boolean> {
  const [sets, tables] = [await host.run(['ipset', '--version']), await host.run(['iptables', '--version'])];
  return sets.code === 0 && tables.code === 0;
}

export const ipset: Firewall = {
  name: 'iptables with ipset',
  form: networks,

  async read(host) {
    const pieces: HeldPiece[] = [];
    let sets = 0;
    let standing = 0;
    let wanted = 0;
    for (const family of FAMILIES) {
      const some = await piecesIn(host, family);
      if (some) sets++;
      for (const piece of some ?? []) pieces.push(piece);
      for (const one of rulesOf(family)) {
        wanted++;
        if ((await host.run(rule(family, '-C', one))).code === 0) standing++;
      }
    }
    return {
      pieces,
      whole: standing === wanted,
      empty: standing === 0 && sets === 0,
      dropped: pieces.reduce((sum, { packets }) => sum + (packets ?? 0), 0),
    };
  },

  async write(host, wish, held) {
    for (const family of FAMILIES) {
      if (wish.length === 0) await clear(host, family);
      else await fill(host, family, networks(wish.filter((piece) => piece.family === family)), held.pieces);
    }
  },
};

async function piecesIn(host: HostReader, family: 4 | 6): Promise<HeldPiece[] | undefined> {
  const saved = await host.run(['ipset', 'save', SETS[family]], { outputMax: LIST_MAX, timeoutMs: SLOW_MS });
  if (saved.code !== 0) {
    if (/does not exist/i.test(saved.stderr)) return undefined;
    throw complaint('Reading the firewall', ['ipset', 'save', SETS[family]], saved);
  }
  return savedPieces(saved.stdout, host.now());
}

/** Lines of `ipset save`: "add seawall4 203.0.113.7 timeout 3591 packets 0 bytes 0". */
export function savedPieces(text: string, now: number): HeldPiece[] {
  return text.split('\n').flatMap((line) => {
    const [verb, , target = '', ...rest] = line.split(' ');
    const range = verb === 'add' ? rangeFrom(target) : undefined;
    if (!range) return [];
    const figure = (name: string): number | undefined => {
      const at = rest.indexOf(name);
      const value = at < 0 ? undefined : rest[at + 1];
      return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
    };
    const [timeout, packets, bytes] = [figure('timeout'), figure('packets'), figure('bytes')];
    return [
      {
        ...range,
        until: timeout ? now + timeout * 1000 : Number.POSITIVE_INFINITY,
        ...(packets !== undefined && { packets }),
        ...(bytes !== undefined && { bytes }),
      },
    ];
  });
}

/** One that is there already is only given its new time; its count goes on. */
async function fill(
  host: HostReader,
  family: 4 | 6,
  wish: readonly Piece[],
  held: readonly HeldPiece[],
): Promise<void> {
  const set = SETS[family];
  const now = host.now();
  const counts = new Map(held.map((piece) => [rangeText(piece), piece]));
  const lines = [
    `create ${set} hash:net family ${FAMILY[family]} maxelem ${SIZE_MAX} timeout 0 counters`,
    ...wish.map((piece) => {
      const text = rangeText(piece);
      const { until } = piece;
      const seconds = Math.min(TIMEOUT_MAX, Math.max(1, Math.ceil((until - now) / 1000)));
      const before = counts.get(text);
      return `add ${set} ${text} timeout ${seconds} packets ${before?.packets ?? 0} bytes ${before?.bytes ?? 0}`;
    }),
  ];
  const wanted = new Set(wish.map(rangeText));
  for (const piece of held) {
    if (piece.family === family && !wanted.has(rangeText(piece))) lines.push(`del ${set} ${rangeText(piece)}`);
  }
  const argv: Argv = ['ipset', '-exist', 'restore'];
  const left = await host.run(argv, { stdin: `${lines.join('\n')}\n`, timeoutMs: SLOW_MS });
  if (left.code !== 0) throw complaint('Writing the firewall rules', argv, left);
  for (const one of rulesOf(family)) {
    if ((await host.run(rule(family, '-C', one))).code === 0) continue;
    const insert = rule(family, '-I', one);
    const inserted = await host.run(insert);
    // A host without IPv6 has no use for rules on it.
    if (inserted.code !== 0 && (family === 4 || wish.length > 0))
      throw complaint('Writing the firewall rules', insert, inserted);
  }
}

/** A set of networks takes no range: it is cut into networks. */
export function networks(wish: readonly Piece[]): Piece[] {
  return wish.flatMap((piece) => {
    const parts: Piece[] = [];
    for (let from = piece.from; from <= piece.to; ) {
      let size = 1n;
      while (from % (size * 2n) === 0n && from + size * 2n - 1n <= piece.to) size *= 2n;
      parts.push({ ...piece, from, to: from + size - 1n });
      from += size;
    }
    return parts;
  });
}

async function clear(host: HostReader, family: 4 | 6): Promise<void> {
  for (const one of rulesOf(family)) {
    if ((await host.run(rule(family, '-C', one))).code === 0) await host.run(rule(family, '-D', one));
  }
  const argv: Argv = ['ipset', 'destroy', SETS[family]];
  const left = await host.run(argv);
  if (left.code !== 0 && !/does not exist/i.test(left.stderr)) throw complaint('Removing our sets', argv, left);
}

function complaint(what: string, argv: readonly string[], left: ProgramResult): HostError {
  const text = (left.stderr.trim().split('\n')[0] ?? '').slice(0, 300) || 'no message';
  const hint = /permitted|root/i.test(text) ? ' It needs root (and, in a container, the capability NET_ADMIN).' : '';
  return new HostError(`${what} with "${argv.join(' ')}": ${left.failure ?? `exit ${left.code}`}: ${text}.${hint}`);
}

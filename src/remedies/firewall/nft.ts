// nftables by nft(8): read as JSON, written as one transaction, so that the rules are the old ones or the new ones and never between.
import { HostError, type HostReader, type ProgramResult } from '../../model/host.ts';
import { type Piece, type Range, rangeBetween, rangeFrom, rangeText } from './ranges.ts';
import { elementLines, ruleset } from './ruleset.ts';
import { type Firewall, type Held, type HeldPiece, LIST_MAX, SLOW_MS } from './state.ts';

const LIST = ['nft', '-j', 'list', 'table', 'inet', 'seawall'] as const;
const OURS = { chains: ['early', 'late'], sets: ['blocked4', 'blocked6'] } as const;
/** Of what `early` and `late` hold when nobody touched them. */
const RULES = { early: 3, late: 2 } as const;

/** Told from "no such table": the program or the kernel can't do it at all. */
export type NftReading =
  | { readonly kind: 'held'; readonly held: NftHeld }
  | { readonly kind: 'unfit'; readonly why: string };

interface NftHeld extends Held {
  readonly chains: readonly string[];
  readonly sets: readonly string[];
  /** Something in our table that isn't ours: another remedy's, or by hand. */
  readonly others: boolean;
}

/** @throws HostError when it may not be read. */
export async function readNft(host: HostReader): Promise<NftReading> {
  const listed = await host.run(LIST, { outputMax: LIST_MAX, timeoutMs: SLOW_MS });
  if (listed.failure === 'missing') return { kind: 'unfit', why: 'there is no nft' };
  if (listed.code === 0) return { kind: 'held', held: heldIn(listed.stdout, host.now()) };
  const text = listed.stderr;
  if (/No such file or directory/i.test(text)) return { kind: 'held', held: NOTHING };
  if (/not supported|Invalid argument|unable to initialize netlink|JSON support/i.test(text))
    return { kind: 'unfit', why: `nft says: ${firstLine(listed)}` };
  throw complaint('Reading the firewall', LIST, listed);
}

const NOTHING: NftHeld = { pieces: [], whole: false, empty: true, dropped: 0, chains: [], sets: [], others: false };

export const nftables: Firewall = {
  name: 'nftables',
  form: (wish) => wish,

  async read(host) {
    const reading = await readNft(host);
    if (reading.kind === 'held') return reading.held;
    throw new HostError(`Reading the firewall: ${reading.why}.`);
  },

  async write(host, wish, held) {
    const known = 'sets' in held ? (held as NftHeld) : NOTHING;
    if (wish.length === 0) return await clear(host, known);
    const now = host.now();
    const counted = await load(host, script(wish, known, now, true), true);
    if (!counted) await load(host, script(wish, known, now, false), false);
  },
};

/** Sets are made anew: one that was made by hand may lack what ours has. */
function script(wish: readonly Piece[], known: NftHeld, now: number, counted: boolean): string {
  const counts = new Map(known.pieces.map((piece) => [rangeText(piece), piece]));
  const lines = [...removal(known), ...ruleset(counted)];
  for (const family of [4, 6] as const) {
    const texts = wish
      .filter((piece) => piece.family === family)
      .map((piece) => {
        const name = rangeText(piece);
        const before = counted ? counts.get(name) : undefined;
        const counter =
          before?.packets === undefined ? '' : ` counter packets ${before.packets} bytes ${before.bytes ?? 0}`;
        return `${name}${counter} timeout ${Math.max(1, Math.ceil((piece.until - now) / 1000))}s`;
      });
    lines.push(...elementLines('add', family, texts));
  }
  return `${lines.join('\n')}\n`;
}

function removal(known: NftHeld): string[] {
  return [
    ...known.chains.map((name) => `flush chain inet seawall ${name}`),
    ...known.chains.map((name) => `delete chain inet seawall ${name}`),
    ...known.sets.map((name) => `delete set inet seawall ${name}`),
  ];
}

async function clear(host: HostReader, known: NftHeld): Promise<void> {
  if (known.chains.length === 0 && known.sets.length === 0) return;
  const lines = known.others ? removal(known) : ['delete table inet seawall'];
  await load(host, `${lines.join('\n')}\n`, false);
}

/** @returns false when it may fail and did. */
async function load(host: HostReader, text: string, mayFail: boolean): Promise<boolean> {
  const argv = ['nft', '-f', '-'] as const;
  const left = await host.run(argv, { stdin: text, timeoutMs: SLOW_MS });
  if (left.code === 0) return true;
  if (mayFail && /counter|not supported|Invalid argument|syntax error/i.test(left.stderr)) return false;
  throw complaint('Writing the firewall rules', argv, left);
}

function complaint(what: string, argv: readonly string[], left: ProgramResult): HostError {
  const hint = /Operation not permitted/i.test(left.stderr)
    ? ' It needs root (and, in a container, the capability NET_ADMIN).'
    : '';
  const came = left.failure ?? `exit ${left.code}`;
  return new HostError(
    `${what} with "${argv.join(' ')}": ${came}: ${firstLine(left)}. Nothing was changed by it.${hint}`,
  );
}

function firstLine({ stderr }: ProgramResult): string {
  return (stderr.trim().split('\n')[0] ?? '').slice(0, 300) || 'no message';
}

/** Objects of `nft -j` (libnftables-json(5)); what isn't understood is left out. Never throws but for text that is no JSON. */
export function heldIn(json: string, now: number): NftHeld {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new HostError('Reading the firewall with "nft -j list table inet seawall": what it printed is no JSON.');
  }
  const objects = arrayIn(parsed, 'nftables');
  const chains = objects.map((one) => textIn(field(one, 'chain'), 'name')).filter((name) => name !== undefined);
  const setObjects = objects.map((one) => field(one, 'set')).filter((one) => one !== undefined);
  const sets = setObjects.map((one) => textIn(one, 'name')).filter((name) => name !== undefined);
  const rules = objects.map((one) => field(one, 'rule')).filter((one) => one !== undefined);
  const ours = (names: readonly string[], known: readonly string[]) => known.filter((name) => names.includes(name));
  const rulesIn = (chain: string) => rules.filter((rule) => textIn(rule, 'chain') === chain);
  const whole =
    ours(chains, OURS.chains).length === 2 &&
    ours(sets, OURS.sets).length === 2 &&
    rulesIn('early').length === RULES.early &&
    rulesIn('late').length === RULES.late;
  return {
    pieces: setObjects
      .filter((one) => OURS.sets.includes(textIn(one, 'name') as 'blocked4'))
      .flatMap((one) => arrayIn(one, 'elem').flatMap((element) => pieceIn(element, now) ?? [])),
    whole,
    empty: ours(chains, OURS.chains).length + ours(sets, OURS.sets).length === 0,
    dropped: rulesIn('early')
      .flatMap((rule) => arrayIn(rule, 'expr'))
      .reduce<number>((sum, part) => sum + (countIn(part, 'packets') ?? 0), 0),
    chains: ours(chains, OURS.chains),
    sets: ours(sets, OURS.sets),
    others: chains.length > ours(chains, OURS.chains).length || sets.length > ours(sets, OURS.sets).length,
  };
}

/** A plain value, or one in an `elem` with its timeout (seconds) and counter. Without a timeout it never ends. */
function pieceIn(element: unknown, now: number): HeldPiece | undefined {
  const inner = field(element, 'elem');
  const range = valueIn(inner === undefined ? element : field(inner, 'val'));
  if (!range) return undefined;
  const expires = numberIn(inner, 'expires') ?? numberIn(inner, 'timeout');
  const [packets, bytes] = [countIn(inner, 'packets'), countIn(inner, 'bytes')];
  return {
    ...range,
    until: expires === undefined ? Number.POSITIVE_INFINITY : now + expires * 1000,
    ...(packets !== undefined && { packets }),
    ...(bytes !== undefined && { bytes }),
  };
}

function valueIn(value: unknown): Range | undefined {
  if (typeof value === 'string') return rangeFrom(value);
  const prefix = field(value, 'prefix');
  if (prefix !== undefined) return rangeFrom(`${textIn(prefix, 'addr')}/${numberIn(prefix, 'len')}`);
  const [first, last] = arrayIn(value, 'range');
  return typeof first === 'string' && typeof last === 'string' ? rangeBetween(first, last) : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function arrayIn(value: unknown, name: string): readonly unknown[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}

function textIn(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}

function numberIn(value: unknown, name: string): number | undefined {
  const found = field(value, name);
  return typeof found === 'number' ? found : undefined;
}

function countIn(value: unknown, name: 'packets' | 'bytes'): number | undefined {
  return numberIn(field(value, 'counter'), name);
}

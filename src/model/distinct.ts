// How many different things were seen, in bounded memory: exact while few, HyperLogLog when many.
// Flajolet, Fusy, Gandouet, Meunier: "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm" (2007).

/** A mergeable distinct count. Relative standard error 1.04 / sqrt(2^precision) once it is not exact any more. */
export interface Distinct {
  readonly precision: number;
  /** 32-bit hashes while few, as signed numbers, which take half the memory; `undefined` once `registers` are in use. */
  exact: number[] | undefined;
  registers: Uint8Array | undefined;
}

/** So many are counted exactly: together they take as much memory as the registers do at the least precision. */
const EXACT_MAX = 64;
/** Up to here an array is made anew for each member: V8 would make room for seventeen with the first that is pushed. */
const TIGHT_MAX = 6;
/** Shared by all that are empty: it is replaced, never changed. */
const NONE: number[] = [];

/** `precision` is the binary logarithm of the number of registers: 8 (6.5 % error, 256 B) to 14 (0.8 %, 16 kB). */
export function distinct(precision = 8): Distinct {
  // Most are of one or two, and an array takes a fraction of what a set does.
  return { precision, exact: NONE, registers: undefined };
}

const UTF8 = new TextEncoder();

/**
 * MurmurHash3 for x86, 32 bits, seed 0, of the text in UTF-8 (Appleby, public domain): all bits are good, and it takes four bytes
 * at a step, so that the log kernel can do the same on the bytes of a line.
 */
export function hash32(text: string): number {
  let hash = 0;
  const whole = text.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    if ((a | b | c | d) > 0x7f) return hashBytes(UTF8.encode(text));
    hash = Math.imul(rotate(hash ^ scramble(a | (b << 8) | (c << 16) | (d << 24)), 13), 5) + 0xe6546b64;
  }
  let rest = 0;
  for (let i = text.length - 1; i >= whole; i--) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return hashBytes(UTF8.encode(text));
    rest = (rest << 8) | code;
  }
  return finished(hash ^ scramble(rest), text.length);
}

function hashBytes(bytes: Uint8Array): number {
  let hash = 0;
  const whole = bytes.length & ~3;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < whole; i += 4)
    hash = Math.imul(rotate(hash ^ scramble(view.getInt32(i, true)), 13), 5) + 0xe6546b64;
  let rest = 0;
  for (let i = bytes.length - 1; i >= whole; i--) rest = (rest << 8) | (bytes[i] ?? 0);
  return finished(hash ^ scramble(rest), bytes.length);
}

function scramble(block: number): number {
  return Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function finished(state: number, length: number): number {
  let hash = state ^ length;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function addHash(counter: Distinct, hash: number): void {
  const { exact, registers } = counter;
  if (registers) {
    setRegister(registers, counter.precision, hash);
    return;
  }
  const signed = hash | 0;
  if (!exact || exact.includes(signed)) return;
  if (exact.length < TIGHT_MAX) counter.exact = [...exact, signed];
  else if (exact.push(signed) > EXACT_MAX) becomeEstimate(counter, exact);
}

/** Adds all of `other` to `into`; both need the same precision. */
export function mergeDistinct(into: Distinct, other: Distinct): void {
  if (into.precision !== other.precision) throw new RangeError('distinct counts of different precision do not merge');
  if (other.exact) {
    if (into.exact?.length === 0) into.exact = other.exact.slice();
    else for (const hash of other.exact) addHash(into, hash);
    return;
  }
  if (into.exact) becomeEstimate(into, into.exact);
  const target = into.registers;
  const source = other.registers;
  if (!target || !source) return;
  for (let i = 0; i < target.length; i++) {
    const value = source[i] ?? 0;
    if (value > (target[i] ?? 0)) target[i] = value;
  }
}

export function countDistinct(counter: Distinct): number {
  if (counter.exact) return counter.exact.length;
  const registers = counter.registers ?? new Uint8Array(1);
  const m = registers.length;
  let sum = 0;
  let zeros = 0;
  for (const register of registers) {
    sum += 2 ** -register;
    if (register === 0) zeros++;
  }
  const alpha = 0.7213 / (1 + 1.079 / m);
  const raw = (alpha * m * m) / sum;
  // Linear counting for the low range, as the paper has it.
  return Math.round(raw <= 2.5 * m && zeros > 0 ? m * Math.log(m / zeros) : raw);
}

function becomeEstimate(counter: Distinct, hashes: Iterable<number>): void {
  const registers = new Uint8Array(1 << counter.precision);
  for (const hash of hashes) setRegister(registers, counter.precision, hash);
  counter.exact = undefined;
  counter.registers = registers;
}

function setRegister(registers: Uint8Array, precision: number, hash: number): void {
  const index = hash >>> (32 - precision);
  const rank = Math.clz32((hash << precision) | (1 << (precision - 1))) + 1;
  if (rank > (registers[index] ?? 0)) registers[index] = rank;
}

// Distinct counts as in src/model/distinct.ts: up to 64 hashes one by one, then the registers of HyperLogLog.
import { alloc, allocZero, copy, free } from './memory.ts';

// biome-ignore format: one field a line tells the layout
@unmanaged
export class Distinct {
  /** How many are listed; `REGISTERS` when there are too many. */
  count: u32;
  /** Where the list stands when it is longer than what follows, or the registers. */
  block: u32;
  first0: u32;
  first1: u32;
  first2: u32;
  first3: u32;
  first4: u32;
  first5: u32;
}

const INLINE: u32 = 6;
const EXACT_MAX: u32 = 64;
export const REGISTERS: u32 = 0xffffffff;
const LIST_SIZE: u32 = EXACT_MAX * 4;

/** `precision` is the binary logarithm of the number of registers, the same at each call. */
export function addHash(into: usize, hash: u32, precision: u32): void {
  const counter = changetype<Distinct>(into);
  const count = counter.count;
  if (count == REGISTERS) {
    setRegister(counter.block, hash, precision);
    return;
  }
  const list = count <= INLINE ? into + offsetof<Distinct>('first0') : <usize>counter.block;
  if (holds(list, count, hash)) return;
  if (count == INLINE) {
    const block = alloc(LIST_SIZE);
    copy(block, list, INLINE * 4);
    counter.block = <u32>block;
    store<u32>(block + INLINE * 4, hash);
  } else if (count == EXACT_MAX) {
    const registers = allocZero(1 << precision);
    for (let i: u32 = 0; i < EXACT_MAX; i++) setRegister(registers, load<u32>(list + (i << 2)), precision);
    setRegister(registers, hash, precision);
    free(list, LIST_SIZE);
    counter.block = <u32>registers;
    counter.count = REGISTERS;
    return;
  } else store<u32>(list + (count << 2), hash);
  counter.count = count + 1;
}

function holds(list: usize, count: u32, hash: u32): bool {
  const wanted = i32x4.splat(hash);
  let i: u32 = 0;
  for (; i + 16 <= count; i += 16) {
    const at = list + (i << 2);
    const left = v128.or(i32x4.eq(v128.load(at), wanted), i32x4.eq(v128.load(at + 16), wanted));
    const right = v128.or(i32x4.eq(v128.load(at + 32), wanted), i32x4.eq(v128.load(at + 48), wanted));
    if (v128.any_true(v128.or(left, right))) return true;
  }
  for (; i < count; i++) if (load<u32>(list + (i << 2)) == hash) return true;
  return false;
}

function setRegister(registers: usize, hash: u32, precision: u32): void {
  const at = registers + (hash >>> (32 - precision));
  const rank = clz<u32>((hash << precision) | (1 << (precision - 1))) + 1;
  if (rank > load<u8>(at)) store<u8>(at, <u8>rank);
}

/** Adds all of `other` to `into`. */
export function join(into: usize, other: usize, precision: u32): void {
  const from = changetype<Distinct>(other);
  const count = from.count;
  if (count != REGISTERS) {
    const list = count <= INLINE ? other + offsetof<Distinct>('first0') : <usize>from.block;
    for (let i: u32 = 0; i < count; i++) addHash(into, load<u32>(list + (i << 2)), precision);
    return;
  }
  const counter = changetype<Distinct>(into);
  if (counter.count != REGISTERS) {
    const registers = allocZero(1 << precision);
    const known = counter.count;
    const list = known <= INLINE ? into + offsetof<Distinct>('first0') : <usize>counter.block;
    for (let i: u32 = 0; i < known; i++) setRegister(registers, load<u32>(list + (i << 2)), precision);
    if (known > INLINE) free(list, LIST_SIZE);
    counter.block = <u32>registers;
    counter.count = REGISTERS;
  }
  const size: u32 = 1 << precision;
  for (let i: u32 = 0; i < size; i += 16)
    v128.store(counter.block + i, i8x16.max_u(v128.load(counter.block + i), v128.load(from.block + i)));
}

/** What adding the hash will need, read early. */
export function peek(at: usize, hash: u32, precision: u32): u32 {
  const counter = changetype<Distinct>(at);
  return counter.count == REGISTERS
    ? load<u8>(counter.block + (hash >>> (32 - precision)))
    : load<u32>(counter.block) ^ load<u32>(counter.block + (counter.count << 2));
}

/** Gives its memory back; it must not be used any more. */
export function release(at: usize, precision: u32): void {
  const counter = changetype<Distinct>(at);
  if (counter.count == REGISTERS) free(counter.block, 1 << precision);
  else if (counter.count > INLINE) free(counter.block, LIST_SIZE);
}

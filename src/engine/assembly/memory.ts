// Memory of the kernel: blocks of some sizes, each size with a list of free ones. Nothing is ever given back to the host.

/** So much is read at once. */
export const INPUT_SIZE: u32 = 1 << 18;

/** Up to here there is a size each 16 bytes; beyond, each power of two. */
const FINE_MAX: u32 = 512;
const FINE_BITS: u32 = 4;
const CLASSES: u32 = (FINE_MAX >>> FINE_BITS) + 1 + 32;

/** First block of each free list. */
const FREE: usize = memory.data(CLASSES * 4, 16);
/** Where the next fresh block of each size is; 0 for none. */
const FRESH: usize = memory.data(CLASSES * 4, 16);
/** So many bytes are split into blocks of one size. */
const SLAB: u32 = 8192;
const PAGE_BITS: u32 = 16;

let top: usize = (__heap_base + 63) & ~63;

/** So that what is only read early is not optimised away. */
const asked: usize = memory.data(4, 4);

/**
 * What the processor has not at hand takes it a hundred times as long, but it can wait for much at once. So what will be needed soon is read
 * before, of many things one after the other, and the value given here.
 */
export function ask(value: u32): void {
  store<u32>(asked, value);
}

/** At least 16 bytes of anything, aligned to 16. */
export function alloc(size: u32): usize {
  const kind = classOf(size);
  const list = FREE + (kind << 2);
  const first = load<u32>(list);
  if (first == 0) return fresh(kind);
  const next = load<u32>(first);
  store<u32>(list, next);
  // The one after it will be wanted soon. Writing makes the processor fetch it, and does not make it wait as reading would.
  store<u32>(next + 8, 0);
  return first;
}

/** A block that was never used: those of one size lie together, so that they begin where lines of the cache do as often as they can. */
function fresh(kind: u32): usize {
  const size = sizeOf(kind);
  if (size > SLAB >>> 3) return reserve(size);
  const next = FRESH + (kind << 2);
  let block = <usize>load<u32>(next);
  if ((<u32>block & (SLAB - 1)) + size > SLAB || block == 0) {
    top = (top + SLAB - 1) & ~(SLAB - 1);
    block = reserve(SLAB);
  }
  const after = block + size;
  // At the end of a slab the next one begins anew.
  store<u32>(next, (<u32>after & (SLAB - 1)) == 0 ? 0 : <u32>after);
  return block;
}

/** The same, filled with zeros. */
export function allocZero(size: u32): usize {
  const block = alloc(size);
  zero(block, (size + 3) & ~3);
  return block;
}

/** Takes back a block that was given for so many bytes. */
export function free(block: usize, size: u32): void {
  const list = FREE + (classOf(size) << 2);
  store<u32>(block, load<u32>(list));
  store<u32>(list, <u32>block);
}

function classOf(size: u32): u32 {
  if (size <= FINE_MAX) return (max<u32>(size, 1) + 15) >>> FINE_BITS;
  return (FINE_MAX >>> FINE_BITS) + 32 - clz<u32>(size - 1);
}

function sizeOf(kind: u32): u32 {
  return kind <= FINE_MAX >>> FINE_BITS ? kind << FINE_BITS : 1 << (kind - (FINE_MAX >>> FINE_BITS));
}

/** Bytes that `alloc` takes for so many. */
export function taken(size: u32): u32 {
  return sizeOf(classOf(size));
}

/** Zeros that stay for good. The host backs them with real memory only where they are used. */
export function reserve(size: u32): usize {
  const block = top;
  top = (top + size + 15) & ~15;
  const pages = <i32>((top + 0xffff) >>> PAGE_BITS) - memory.size();
  // A whole megabyte at least: the host makes its views of the memory anew each time.
  if (pages > 0 && memory.grow(max(pages, 16)) < 0 && memory.grow(pages) < 0) unreachable();
  return block;
}

// The engine does `memory.fill` and `memory.copy` by a call of its own, which takes longer than a few of these steps.

/** Makes so many bytes zero: a multiple of four. */
export function zero(at: usize, size: u32): void {
  let i: u32 = 0;
  for (; i + 16 <= size; i += 16) v128.store(at + i, i64x2.splat(0));
  for (; i < size; i += 4) store<u32>(at + i, 0);
}

/** Copies so many bytes; the places do not overlap. */
export function copy(to: usize, from: usize, size: u32): void {
  if (size >= 16) {
    const last = size - 16;
    for (let i: u32 = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i));
    v128.store(to + last, v128.load(from + last));
  } else if (size >= 8) {
    const last = load<u64>(from + size - 8);
    store<u64>(to, load<u64>(from));
    store<u64>(to + size - 8, last);
  } else if (size >= 4) {
    const last = load<u32>(from + size - 4);
    store<u32>(to, load<u32>(from));
    store<u32>(to + size - 4, last);
  } else for (let i: u32 = 0; i < size; i++) store<u8>(to + i, load<u8>(from + i));
}

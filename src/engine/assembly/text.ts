// Comparing and hashing texts where they stand.

/** Whether the bytes at both places are the same. */
export function same(a: usize, b: usize, length: u32): bool {
  if (length >= 16) {
    // They are nearly always the same: no question on the way.
    const last = length - 16;
    let differences = v128.xor(v128.load(a + last), v128.load(b + last));
    for (let i: u32 = 0; i < last; i += 16)
      differences = v128.or(differences, v128.xor(v128.load(a + i), v128.load(b + i)));
    return !v128.any_true(differences);
  }
  if (length >= 8) return load<u64>(a) == load<u64>(b) && load<u64>(a + length - 8) == load<u64>(b + length - 8);
  if (length >= 4) return load<u32>(a) == load<u32>(b) && load<u32>(a + length - 4) == load<u32>(b + length - 4);
  for (let i: u32 = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** `hash32` of src/model/distinct.ts: MurmurHash3 for x86, 32 bits, seed 0. */
export function hash32(text: usize, length: u32): u32 {
  const whole = text + (length & ~3);
  let hash: u32 = 0;
  let at = text;
  while (at < whole) {
    hash = rotl<u32>(hash ^ scramble(load<u32>(at)), 13) * 5 + 0xe6546b64;
    at += 4;
  }
  const rest = length & 3;
  if (rest) {
    let tail: u32 = load<u8>(at);
    if (rest > 1) tail |= (<u32>load<u8>(at + 1)) << 8;
    if (rest > 2) tail |= (<u32>load<u8>(at + 2)) << 16;
    hash ^= scramble(tail);
  }
  hash ^= length;
  hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
  return hash ^ (hash >>> 16);
}

function scramble(block: u32): u32 {
  return rotl<u32>(block * 0xcc9e2d51, 15) * 0x1b873593;
}

/** Place of the first byte that is one of the two, from `at` on: there must be one. */
export function find2(at: usize, one: u8, other: u8): usize {
  const ones = i8x16.splat(one);
  const others = i8x16.splat(other);
  let mask = matches(at, ones, others);
  while (mask == 0) {
    at += 16;
    mask = matches(at, ones, others);
  }
  return at + ctz(mask);
}

function matches(at: usize, ones: v128, others: v128): i32 {
  const bytes = v128.load(at);
  return i8x16.bitmask(v128.or(i8x16.eq(bytes, ones), i8x16.eq(bytes, others)));
}

// Numbers as access logs write them: see src/formats/access/numbers.ts.

/** The number between two places, up to 15 digits; `-` is none, and -1 anything else. */
export function count(from: usize, to: usize): f64 {
  const length = <u32>(to - from);
  if (length - 1 > 14) return -1;
  if (length == 1 && load<u8>(from) == 0x2d) return 0;
  if (length > 8) {
    const high = count(from, to - 8);
    const low = eightDigits(to, 8);
    return high < 0 || low == NO_DIGITS || load<u8>(to - 9) == 0x2d ? -1 : high * 1e8 + <f64>low;
  }
  const number = eightDigits(to, length);
  return number == NO_DIGITS ? -1 : <f64>number;
}

const NO_DIGITS: u32 = 0xffffffff;

/** The number of up to eight digits that ends at `to`. Daniel Lemire, "Quickly parsing eight digits" (2018). */
function eightDigits(to: usize, length: u32): u32 {
  const foreign = ((<u64>1) << ((8 - length) << 3)) - 1;
  const digits = ((load<u64>(to - 8) & ~foreign) | (0x3030303030303030 & foreign)) - 0x3030303030303030;
  if (((digits + 0x7676767676767676) | digits) & 0x8080808080808080) return NO_DIGITS;
  const pairs = digits * 10 + (digits >>> 8);
  const low = (pairs & 0x000000ff000000ff) * 0x000f424000000064;
  const high = ((pairs >>> 16) & 0x000000ff000000ff) * 0x0000271000000001;
  return <u32>((low + high) >>> 32);
}

/** Milliseconds of seconds, to the microsecond, as `msOfSeconds` of src/formats/access/numbers.ts rounds them. */
export function thousandths(seconds: f64): f64 {
  const microseconds = seconds * 1e6;
  const whole = Math.floor(microseconds);
  return (microseconds - whole >= 0.5 ? whole + 1 : whole) / 1e3;
}

const POWERS: StaticArray<f64> = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/** Up to 15 digits are exact, with or without a point among them; -1 for anything else. */
export function decimal(text: usize, length: u32, mayHavePoint: bool): f64 {
  if (length > 16) return -1;
  let value: u64 = 0;
  let digits: u32 = 0;
  let after: i32 = -1;
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(text + i);
    if (byte == 0x2e && mayHavePoint && after < 0 && i > 0 && i + 1 < length) {
      after = 0;
      continue;
    }
    const digit = <u32>byte - 0x30;
    if (digit > 9) return -1;
    value = value * 10 + digit;
    digits++;
    if (after >= 0) after++;
  }
  if (digits == 0 || digits > 15) return -1;
  return after > 0 ? <f64>value / unchecked(POWERS[after]) : <f64>value;
}

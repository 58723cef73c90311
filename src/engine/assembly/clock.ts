// The times of a log's lines. A busy log has many lines a second and seldom another day: the same time again is only compared.
import { clfTime } from './host.ts';
import { copy } from './memory.ts';

const lastTime: usize = memory.data(32);
let lastMoment: f64 = NaN;
/** The moment of midnight on the day of the last time. */
let midnight: f64 = NaN;

/** Epoch ms of `22/Nov/2026:12:06:28 +0000`; NaN when it is no time. */
export function readTime(at: usize): f64 {
  if (
    !v128.any_true(v128.xor(v128.load(at), v128.load(lastTime))) &&
    !v128.any_true(v128.xor(v128.load(at + 10), v128.load(lastTime + 10)))
  )
    return lastMoment;
  const isSameDay =
    load<u64>(at) == load<u64>(lastTime) &&
    load<u32>(at + 7) == load<u32>(lastTime + 7) &&
    load<u32>(at + 20) == load<u32>(lastTime + 20) &&
    load<u16>(at + 24) == load<u16>(lastTime + 24);
  const sinceMidnight = clock(at + 11);
  if (sinceMidnight < 0) return NaN;
  const moment = isSameDay ? midnight + sinceMidnight : clfTime(at);
  if (isNaN(moment)) return NaN;
  midnight = moment - sinceMidnight;
  lastMoment = moment;
  copy(lastTime, at, 26);
  return moment;
}

/** Milliseconds of `:12:06:28`; -1 when it is no time of day. */
function clock(at: usize): f64 {
  const hour = twoDigits(at);
  const minute = twoDigits(at + 3);
  const second = twoDigits(at + 6);
  return hour <= 23 && minute <= 59 && second <= 60 ? <f64>((hour * 3600 + minute * 60 + second) * 1000) : -1;
}

/** The number in `:NN`; 100 when it is none. */
function twoDigits(at: usize): u32 {
  const tens = <u32>load<u8>(at + 1) - 0x30;
  const ones = <u32>load<u8>(at + 2) - 0x30;
  return load<u8>(at) == 0x3a && tens <= 9 && ones <= 9 ? tens * 10 + ones : 100;
}

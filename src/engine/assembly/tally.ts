// Counters of any set of requests, as `Tally` of src/model/traffic.ts has them.

import { Distinct } from './distinct.ts';
import { zero } from './memory.ts';

/** Registers of the distinct counts of groups, and of all visitors, as binary logarithms. */
export const GROUP_PRECISION: u32 = 8;
export const TOTAL_PRECISION: u32 = 12;

// biome-ignore format: one field a line tells the layout
@unmanaged
export class Tally {
  requests: u32;
  dynamic: u32;
  ok: u32;
  redirected: u32;
  refused: u32;
  failed: u32;
  clientTimeouts: u32;
  gaveUp: u32;
  notFound: u32;
  /** Takes what none of the others counts, so that counting needs no question. */
  other: u32;
  workerMs: f64;
  bytes: f64;
  first: f64;
  /** The time of the last one, negative: so that one instruction finds the first and the last. */
  minusLast: f64;
}

/** A tally of requests that come from several addresses, by a name or, in the table of pairs, by two. */
// biome-ignore format: one field a line tells the layout
@unmanaged
export class Group extends Tally {
  name: u32;
  second: u32;
  /** What `trims` of groups.ts was when it was made. */
  born: u32;
  spare: u32;
  /** Here its `Distinct` begins. */
  members: u32;
}

export const MEMBERS: u32 = offsetof<Group>('members');
export const GROUP_SIZE: u32 = MEMBERS + offsetof<Distinct>();
export const TALLY_SIZE: u32 = offsetof<Tally>();

/** The request that is being counted: pairs of what tallies have in pairs. */
export let visitorHash: u32 = 0;
export let workerMs: f64 = 0;
let requestAndDynamic: u64 = 0;
let cost: v128 = f64x2.splat(0);
let time: v128 = f64x2.splat(0);
let classAt: usize = 0;
let extraAt: usize = 0;

const CLASS_AT: usize = memory.data(1000);
const EXTRA_AT: usize = memory.data(1000);

/** Which counters a status counts in. */
export function prepareStatuses(): void {
  for (let status: u32 = 0; status < 1000; status++) {
    store<u8>(
      CLASS_AT + status,
      status >= 500
        ? <u8>offsetof<Tally>('failed')
        : status >= 400
          ? <u8>offsetof<Tally>('refused')
          : status >= 300
            ? <u8>offsetof<Tally>('redirected')
            : status >= 200
              ? <u8>offsetof<Tally>('ok')
              : <u8>offsetof<Tally>('other'),
    );
    store<u8>(
      EXTRA_AT + status,
      status == 404
        ? <u8>offsetof<Tally>('notFound')
        : status == 408
          ? <u8>offsetof<Tally>('clientTimeouts')
          : status == 499
            ? <u8>offsetof<Tally>('gaveUp')
            : 0,
    );
  }
}

export function setRequest(status: u32, isDynamic: bool, held: f64, size: f64, moment: f64, visitor: u32): void {
  classAt = load<u8>(CLASS_AT + status);
  extraAt = load<u8>(EXTRA_AT + status);
  requestAndDynamic = isDynamic ? 0x100000001 : 1;
  workerMs = held;
  visitorHash = visitor;
  cost = f64x2.replace_lane(f64x2.splat(held), 1, size);
  time = f64x2.replace_lane(f64x2.splat(moment), 1, -moment);
}

/** Counts the request in a tally. */
export function addTo(into: usize): void {
  store<u64>(into, load<u64>(into) + requestAndDynamic);
  store<u32>(into + classAt, load<u32>(into + classAt) + 1);
  if (extraAt) store<u32>(into + extraAt, load<u32>(into + extraAt) + 1);
  const costs = into + offsetof<Tally>('workerMs');
  v128.store(costs, f64x2.add(v128.load(costs), cost));
  const times = into + offsetof<Tally>('first');
  v128.store(times, f64x2.pmin(v128.load(times), time));
}

/** A new tally in memory that holds anything. */
export function clear(tally: usize): void {
  zero(tally, TALLY_SIZE);
  changetype<Tally>(tally).first = Infinity;
  changetype<Tally>(tally).minusLast = Infinity;
}

export function addTally(into: usize, other: usize): void {
  v128.store(into, i32x4.add(v128.load(into), v128.load(other)));
  v128.store(into + 16, i32x4.add(v128.load(into + 16), v128.load(other + 16)));
  store<u32>(into + 32, load<u32>(into + 32) + load<u32>(other + 32));
  const cost = offsetof<Tally>('workerMs');
  v128.store(into + cost, f64x2.add(v128.load(into + cost), v128.load(other + cost)));
  const time = offsetof<Tally>('first');
  v128.store(into + time, f64x2.pmin(v128.load(into + time), v128.load(other + time)));
}

/** What makes an entry heavy: see `weightOf` of src/model/traffic.ts. */
export function weightOf(tally: usize): f64 {
  return <f64>changetype<Tally>(tally).requests + changetype<Tally>(tally).workerMs / 1000;
}

// Reads lines in batches: what is looked up for a line lies anywhere in memory, and while the processor waits for it, it can ask for what
// the next lines need. So each step is done for all lines of a batch before the next step is.
import { clientName, PEER_SIZE, peerCount, peers } from './clients.ts';
import { Distinct, REGISTERS } from './distinct.ts';
import { endpointName, forgetEndpoints } from './endpoint.ts';
import { describePath, describeText, isQueryProbe, readLine } from './host.ts';
import { quotesNeeded, takeApart } from './line.ts';
import { findMarks, marks } from './marks.ts';
import { reserve } from './memory.ts';
import { areMany, create, find, firstIn, intern, Kind, mark, Name, TEXT_AT } from './names.ts';
import { hasOtherAction, looksOdd, shapeName } from './query.ts';
import { LINE_SIZE, Line } from './record.ts';
import { admit, collect, countLine, request } from './request.ts';
import { Source, touchSource, touchTargets } from './sources.ts';
import { MEMBERS } from './tally.ts';
import { hash32, same } from './text.ts';

const BATCH: u32 = 128;
const batch: usize = reserve(BATCH * LINE_SIZE);
let held: u32 = 0;

/** Whether agents, hosts and methods are asked about, because of a filter. */
let asksText: bool = false;
let lastHost: u32 = 0;
let get: u32 = 0;
let lastMethod: u32 = 0;
/** So that what is only asked for early is not optimised away. */
const touched: usize = memory.data(4, 4);

export function askForTexts(asks: bool): void {
  asksText = asks;
}

/** Reads all lines from `from` to `to`, where the last one has its line feed. */
export function readLines(from: usize, to: usize): void {
  findMarks(from, to);
  let at = from;
  let first = marks;
  while (at < to) {
    let last = first;
    let odd: u32 = 0;
    for (;;) {
      const byte = <u32>load<u8>(load<u32>(last));
      if (byte == 0x0a) break;
      odd |= byte ^ 0x22;
      last += 4;
    }
    const line = countLine();
    const end = <usize>load<u32>(last);
    const into = changetype<Line>(batch + held * LINE_SIZE);
    if (odd == 0 && <u32>(last - first) >>> 2 >= quotesNeeded && takeApart(at, end, first, into)) {
      into.number = line;
      into.endpointName = 0;
      if (++held == BATCH) countBatch();
    } else {
      countBatch();
      readLine(at, end, line);
    }
    at = end + 1;
    first = last + 4;
  }
  countBatch();
}

function touch(value: u32): void {
  store<u32>(touched, value);
}

function countBatch(): void {
  if (areMany()) forget();
  const end = batch + held * LINE_SIZE;
  for (let at = batch; at < end; at += LINE_SIZE) {
    const line = changetype<Line>(at);
    line.addressName = firstIn(Kind.Address, line.clientHash);
    line.pathName = firstIn(Kind.Path, line.pathHash);
  }
  for (let at = batch; at < end; at += LINE_SIZE) {
    const line = changetype<Line>(at);
    touch(load<u32>(line.addressName) ^ load<u32>(line.pathName) ^ load<u32>(line.pathName + 64));
  }
  for (let at = batch; at < end; at += LINE_SIZE) {
    const line = changetype<Line>(at);
    line.addressName = find(Kind.Address, line.client, line.clientLength, line.clientHash);
    line.pathName = find(Kind.Path, line.path, line.pathLength, line.pathHash);
  }
  for (let at = batch; at < end; at += LINE_SIZE) {
    const line = changetype<Line>(at);
    touch(touchSource(line.addressName));
    if (line.pathName) line.endpointName = changetype<Name>(line.pathName).entry;
    touch(load<u32>(line.endpointName));
  }
  for (let at = batch; at < end; at += LINE_SIZE) {
    const line = changetype<Line>(at);
    touch(touchTargets(line.addressName));
    const endpoint = changetype<Name>(line.endpointName);
    touch(
      load<u32>(endpoint.entry) ^
        load<u32>(endpoint.entry + MEMBERS) ^
        load<u32>(endpoint.place0) ^
        load<u32>(endpoint.place1),
    );
  }
  for (let at = batch; at < end; at += LINE_SIZE) {
    const line = changetype<Line>(at);
    touch(touchMembers(changetype<Name>(line.endpointName).entry, line.clientHash));
  }
  for (let at = batch; at < end; at += LINE_SIZE) countRequest(changetype<Line>(at));
  held = 0;
}

function touchMembers(group: usize, hash: u32): u32 {
  const members = changetype<Distinct>(group + MEMBERS);
  return members.count == REGISTERS ? load<u8>(members.block + (hash >>> 24)) : load<u32>(members.block);
}

function forget(): void {
  for (let i: u32 = 0; i < peerCount; i++) mark(load<u32>(peers + i * PEER_SIZE));
  forgetEndpoints();
  lastHost = 0;
  lastMethod = 0;
  get = 0;
  collect();
}

function countRequest(line: Line): void {
  // The line is a request: from here on it counts.
  if (!admit(line.moment)) return;
  const address = clientName(line);
  line.addressName = address;
  if (line.pathName == 0) line.pathName = pathName(line.path, line.pathLength, line.pathHash);
  const pathEnd = line.path + line.pathLength;
  line.shapeName = 0;
  line.isQueryProbe = 0;
  line.hasOtherAction = 0;
  line.targetHash = line.pathHash;
  if (pathEnd < line.targetEnd) {
    line.targetHash = hash32(line.path, <u32>(line.targetEnd - line.path));
    line.shapeName = shapeName(pathEnd + 1, line.targetEnd);
    line.hasOtherAction = hasOtherAction;
    if (looksOdd) line.isQueryProbe = isQueryProbe(pathEnd + 1, <u32>(line.targetEnd - pathEnd - 1));
  }
  const isGet = line.methodLength == 3 && load<u32>(line.method) == 0x20544547;
  line.methodName = isGet ? getName(line.method) : methodName(line.method, line.methodLength);
  const known = changetype<Name>(address).entry;
  line.agentName = 0;
  if (line.agent) {
    const last = known ? changetype<Source>(known).lastAgent : 0;
    line.agentName = isText(last, line.agent, line.agentLength)
      ? last
      : textName(Kind.Agent, line.agent, line.agentLength);
  }
  line.refererName = 0;
  if (line.referer != 0 && line.refererLength > 0) {
    const last = known ? changetype<Source>(known).lastReferer : 0;
    line.refererName = isText(last, line.referer, line.refererLength)
      ? last
      : lowered(line.referer, line.refererLength);
  }
  line.hostName = line.host ? hostName(line.host, line.hostLength) : 0;
  line.endpointName = endpointName(line.methodName, isGet, line.pathName, line.shapeName);
  request(line);
}

export function pathName(text: usize, length: u32, hash: u32): u32 {
  const known = find(Kind.Path, text, length, hash);
  if (known) return known;
  const made = create(Kind.Path, text, length, hash);
  changetype<Name>(made).facts = describePath(made);
  return made;
}

function isText(name: u32, text: usize, length: u32): bool {
  return name != 0 && changetype<Name>(name).length == length && same(name + TEXT_AT, text, length);
}

export function textName(kind: Kind, text: usize, length: u32): u32 {
  const hash = hash32(text, length);
  const known = find(kind, text, length, hash);
  if (known) return known;
  const made = create(kind, text, length, hash);
  if (asksText) changetype<Name>(made).facts = describeText(kind, made);
  return made;
}

function getName(text: usize): u32 {
  if (get == 0) get = textName(Kind.Method, text, 3);
  return get;
}

function methodName(text: usize, length: u32): u32 {
  if (!isText(lastMethod, text, length)) lastMethod = textName(Kind.Method, text, length);
  return lastMethod;
}

function hostName(text: usize, length: u32): u32 {
  if (!isText(lastHost, text, length)) lastHost = textName(Kind.Host, text, length);
  return lastHost;
}

const loweredText: usize = memory.data(256);

function lowered(text: usize, length: u32): u32 {
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(text + i);
    store<u8>(loweredText + i, <u32>byte - 0x41 < 26 ? byte | 0x20 : byte);
  }
  return intern(Kind.Referer, loweredText, length);
}

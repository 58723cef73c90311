// Reads lines in batches: what is looked up for a line lies anywhere in memory, and while the processor waits for it, it can ask for what
// the next lines need. So each step is done for all lines of a batch before the next step is.
import { askForCounters, askForSources, lookUpNames } from './ahead.ts';
import { clientName, PEER_SIZE, peerCount, peers } from './clients.ts';
import { endpointName } from './endpoint.ts';
import { describePath, describeText, isQueryProbe, readLine } from './host.ts';
import { quotesNeeded, takeApart } from './line.ts';
import { findMarks, marks } from './marks.ts';
import { reserve } from './memory.ts';
import { areMany, create, find, intern, Kind, mark, Name, TEXT_AT } from './names.ts';
import { hasOtherAction, looksOdd, shapeName } from './query.ts';
import { LINE_SIZE, Line } from './record.ts';
import { admit, collect, countLine, request } from './request.ts';
import { Source } from './sources.ts';
import { hash32, same } from './text.ts';

const BATCH: u32 = 128;
const batch: usize = reserve(BATCH * LINE_SIZE);
let held: u32 = 0;

/** Whether agents, hosts and methods are asked about, because of a filter. */
let asksText: bool = false;
let lastHost: u32 = 0;
let get: u32 = 0;
let lastMethod: u32 = 0;

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

function countBatch(): void {
  if (areMany()) forget();
  const end = batch + held * LINE_SIZE;
  lookUpNames(batch, end);
  askForSources(batch, end);
  for (let at = batch; at < end; at += LINE_SIZE) readTarget(changetype<Line>(at));
  for (let at = batch; at < end; at += LINE_SIZE) nameEndpoint(changetype<Line>(at));
  askForCounters(batch, end);
  for (let at = batch; at < end; at += LINE_SIZE) countRequest(changetype<Line>(at));
  held = 0;
}

function forget(): void {
  for (let i: u32 = 0; i < peerCount; i++) mark(load<u32>(peers + i * PEER_SIZE));
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
  if (line.isOdd) line.isQueryProbe = isQueryProbe(line.query, <u32>(line.targetEnd - line.query));
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
  if (line.endpointName == 0) line.endpointName = endpointName(line.methodName, line.pathName, line.shapeName);
  request(line);
}

/** Of a path that is known, so that what is counted by endpoint can be asked for early. */
function nameEndpoint(line: Line): void {
  line.endpointName = line.pathName ? endpointName(line.methodName, line.pathName, line.shapeName) : 0;
}

/** With what method, and what stands behind the path. */
function readTarget(line: Line): void {
  line.methodName = methodName(line.method, line.methodLength);
  const pathEnd = line.path + line.pathLength;
  line.shapeName = 0;
  line.isQueryProbe = 0;
  line.hasOtherAction = 0;
  line.isOdd = 0;
  line.targetHash = line.pathHash;
  if (pathEnd == line.targetEnd) return;
  line.targetHash = hash32(line.path, <u32>(line.targetEnd - line.path));
  line.query = pathEnd + 1;
  line.shapeName = shapeName(line.query, line.targetEnd);
  line.hasOtherAction = hasOtherAction;
  line.isOdd = looksOdd;
}

export function pathName(text: usize, length: u32, hash: u32): u32 {
  const known = find(Kind.Path, text, length, hash);
  if (known) return known;
  const made = create(Kind.Path, text, length, hash);
  changetype<Name>(made).facts = <u8>describePath(made);
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
  if (asksText) changetype<Name>(made).facts = <u8>describeText(kind, made);
  return made;
}

function methodName(text: usize, length: u32): u32 {
  if (length == 3 && load<u32>(text) == 0x20544547) {
    if (get == 0) get = textName(Kind.Method, text, 3);
    return get;
  }
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

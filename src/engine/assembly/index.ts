// The log kernel: reads lines of access logs where they stand in memory, and counts them. Built to dist/engine/kernel.wasm; its host is
// src/engine/kernel.ts, what it must agree with is src/engine/accumulate.ts with src/formats/access/clf.ts.
import { flush } from './cells.ts';
import { addressName, askForAddresses, peerCount, peers, proxies4, proxies6 } from './clients.ts';
import { columns, expectColumns } from './columns.ts';
import { layOutLine } from './line.ts';
import { askForTexts, pathName, readLines, textName } from './lines.ts';
import { INPUT_SIZE, reserve } from './memory.ts';
import { Kind, Name } from './names.ts';
import { shapeOf } from './query.ts';
import { LINE_SIZE, Line } from './record.ts';
import { failures, xmlrpc } from './replies.ts';
import { admit, configure, request as count, excludedStatuses, figures, sizes, tellLines } from './request.ts';
import { closeAll, closed, closedCount, widthMs } from './slices.ts';
import { settleSources, sources } from './sources.ts';
import { hash32 } from './text.ts';
import { agents, endpoints, groups, hosts, methods, networks, referers, settleAll, statuses } from './whole.ts';

/** What is being read, with room before and behind it for looking past its ends. */
const SLACK: u32 = 64;
const input: usize = reserve(INPUT_SIZE + 2 * SLACK) + SLACK;
/** Where the host puts texts. */
const SCRATCH_SIZE: u32 = 256 * 1024;
const scratch: usize = reserve(SCRATCH_SIZE + SLACK);

export { admit, configure, readLines };

/** Puts everything where the host looks for it: at the end. */
export function finish(): void {
  tellLines();
  flush();
  closeAll();
  settleAll();
  settleSources();
}

export function layOut(prefix: u32, headers: bool, tail: u32, asksText: bool, asksAddress: bool): void {
  layOutLine(prefix, headers);
  expectColumns(tail);
  askForTexts(asksText);
  askForAddresses(asksAddress);
}

const entry: usize = reserve(LINE_SIZE);

/** Counts a request that the host has read, and that was admitted. Names are 0, and figures -1, where there is none. */
export function request(
  moment: f64,
  status: u32,
  bytes: f64,
  requestBytes: f64,
  durationMs: f64,
  upstreamMs: f64,
  address: u32,
  path: u32,
  shape: u32,
  isQueryProbe: bool,
  hasOtherAction: bool,
  targetHash: u32,
  method: u32,
  agent: u32,
  referer: u32,
  host: u32,
  endpoint: u32,
  protocol: usize,
  protocolLength: u32,
  start: usize,
  length: u32,
  number: u32,
): void {
  const line = changetype<Line>(entry);
  line.moment = moment;
  line.status = status;
  line.bytes = bytes;
  line.requestBytes = requestBytes;
  line.durationMs = durationMs;
  line.upstreamMs = upstreamMs;
  line.addressName = address;
  line.pathName = path;
  line.shapeName = shape;
  line.isQueryProbe = isQueryProbe;
  line.hasOtherAction = hasOtherAction;
  line.targetHash = targetHash;
  line.methodName = method;
  line.agentName = agent;
  line.refererName = referer;
  line.hostName = host;
  line.endpointName = endpoint;
  line.protocol = protocol;
  line.protocolLength = protocolLength;
  line.start = start;
  line.length = length;
  line.number = number;
  count(line);
}

/** Where things stand, in the order of PLACES in src/engine/kernel-layout.ts. */
export function placeOf(which: u32): usize {
  switch (which) {
    case 0:
      return input;
    case 1:
      return scratch;
    case 2:
      return columns;
    case 3:
      return proxies4;
    case 4:
      return proxies6;
    case 5:
      return excludedStatuses;
    case 6:
      return figures;
    case 7:
      return sizes;
    case 8:
      return networks;
    case 9:
      return endpoints;
    case 10:
      return agents;
    case 11:
      return referers;
    case 12:
      return hosts;
    case 13:
      return methods;
    case 14:
      return statuses;
    case 15:
      return groups;
    case 16:
      return sources;
    case 17:
      return failures;
    case 18:
      return xmlrpc;
    case 19:
      return closed;
    case 20:
      return peers;
    default:
      return 0;
  }
}

export function closedSlices(): u32 {
  return closedCount;
}

export function sliceWidthMs(): f64 {
  return widthMs;
}

export function countOfPeers(): u32 {
  return peerCount;
}

/** The name of the text that the host put into the scratch. */
export function nameOf(kind: Kind, length: u32): u32 {
  if (kind == Kind.Address) return addressName(scratch, length);
  if (kind == Kind.Path) return pathName(scratch, length, hash32(scratch, length));
  if (kind == Kind.Shape) return shapeOf(scratch, length);
  return textName(kind, scratch, length);
}

export function setLink(name: u32, other: u32): void {
  changetype<Name>(name).link = other;
}

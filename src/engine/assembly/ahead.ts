// Asks early for what counting the lines of a batch will need. Nearly all of it lies where the processor waits a hundred times as long
// as for what it had last: asked for by many lines at once, all comes in the time of one. What is read here is not used; what it is read
// through may be nothing, and then it is what stands at 0.
import * as distinct from './distinct.ts';
import { ask } from './memory.ts';
import { find, firstIn, Kind, Name } from './names.ts';
import { LINE_SIZE, Line } from './record.ts';
import { currentPlace } from './slices.ts';
import * as sources from './sources.ts';
import { Source } from './sources.ts';
import { GROUP_PRECISION, MEMBERS } from './tally.ts';

/** Finds the addresses and paths of all lines; 0 for those that are new. */
export function lookUpNames(from: usize, to: usize): void {
  for (let at = from; at < to; at += LINE_SIZE) {
    const line = changetype<Line>(at);
    line.addressName = firstIn(Kind.Address, line.clientHash);
    line.pathName = firstIn(Kind.Path, line.pathHash);
  }
  for (let at = from; at < to; at += LINE_SIZE) {
    const line = changetype<Line>(at);
    ask(load<u32>(line.addressName) ^ load<u32>(line.pathName) ^ load<u32>(line.pathName + 64));
  }
  for (let at = from; at < to; at += LINE_SIZE) {
    const line = changetype<Line>(at);
    line.addressName = find(Kind.Address, line.client, line.clientLength, line.clientHash);
    line.pathName = find(Kind.Path, line.path, line.pathLength, line.pathHash);
  }
}

/** The sources, and their entries in open slices. */
export function askForSources(from: usize, to: usize): void {
  for (let at = from; at < to; at += LINE_SIZE) {
    const name = changetype<Line>(at).addressName;
    ask(askEntry(currentPlace(name)) ^ sources.peek(changetype<Name>(name).entry));
  }
}

/** What the sources refer to, and the endpoints with their groups and visitors: each loop asks for what stands in that of the one before. */
export function askForCounters(from: usize, to: usize): void {
  for (let at = from; at < to; at += LINE_SIZE) {
    const line = changetype<Line>(at);
    const source = changetype<Name>(line.addressName).entry;
    const agent = changetype<Source>(source).lastAgent;
    ask(
      distinct.peek(sources.targetsOf(source), line.targetHash, GROUP_PRECISION) ^
        askEntry(agent) ^
        load<u32>(agent + 128) ^
        load<u32>(line.endpointName),
    );
  }
  for (let at = from; at < to; at += LINE_SIZE) {
    const line = changetype<Line>(at);
    const source = changetype<Name>(line.addressName).entry;
    const agent = changetype<Name>(changetype<Source>(source).lastAgent).entry;
    const endpoint = changetype<Name>(line.endpointName);
    ask(askEntry(agent) ^ askEntry(endpoint.entry) ^ load<u32>(currentPlace(line.endpointName)));
  }
  for (let at = from; at < to; at += LINE_SIZE) {
    const line = changetype<Line>(at);
    const endpoint = changetype<Name>(line.endpointName).entry;
    ask(distinct.peek(endpoint + MEMBERS, changetype<Name>(line.addressName).hash, GROUP_PRECISION));
  }
}

/** Most entries reach into a second line of the cache. */
function askEntry(at: usize): u32 {
  return load<u32>(at) ^ load<u32>(at + 64);
}

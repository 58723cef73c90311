// The host of the log kernel: gives it bytes, answers what it asks once of a text, and reads the lines that it leaves to the reference
// parser. One kernel counts one log, or one part of it, at a time.
import type { AccessEntry } from '../model/access-entry.ts';
import { networkOf } from '../model/address.ts';
import { hash32 } from '../model/distinct.ts';
import { pathOf } from '../model/http.ts';
import { DIMENSIONS, type Dimension } from '../model/traffic-query.ts';
import { endpointFrom, endpointOf } from './endpoint.ts';
import { requestFilter } from './filter.ts';
import {
  COLUMN,
  FACT,
  FIGURES,
  INPUT_BYTES,
  KIND,
  NAME,
  PEER_BYTES,
  PLACES,
  type Place,
  PREFIX,
  SCRATCH_PROTOCOL,
  SCRATCH_QUOTE,
} from './kernel-layout.ts';
import type { Kernel, KernelExports, KernelTask } from './kernel-task.ts';
import { isQueryProbe } from './probe-request.ts';
import { queryFacts, queryOf } from './query.ts';
import { pathFacts } from './target-facts.ts';
import { agentGroup, refererGroup } from './visitor.ts';

/** A longer line is cut here by the reference parser: see src/sources/lines.ts. In UTF-16 code units. */
const LINE_MAX = 64 * 1024;
/** So many bytes are more than that in any case: see src/sources/lines.ts. */
const OVERLONG_BYTES = 3 * LINE_MAX + 3;
/** One more than `evidence` keeps, so that it can tell that the line was longer. */
const QUOTE_ENOUGH = 401;
/**
 * A kernel for one task, which must be of a format that it reads. `memory` must not be in use; what stood in it is lost.
 * @throws when the memory can't be had.
 */
export function openKernel(module: WebAssembly.Module, memory: WebAssembly.Memory, task: KernelTask): Kernel {
  new Uint8Array(memory.buffer).fill(0);
  const { format, clients } = task;
  const filter = requestFilter(task.query.filter ?? {});
  let exports: KernelExports;
  let bytes = Buffer.from(memory.buffer);
  let words = new Uint32Array(memory.buffer);
  let unreadable = 0;
  let firstUnreadable: string | undefined;
  let cut = 0;
  let leftOver = 0;
  let isFirstLine = task.isFirstPart;

  /** Memory grows: views are of what it was. */
  const fresh = (): Buffer => {
    if (bytes.buffer !== memory.buffer || bytes.length !== memory.buffer.byteLength) {
      bytes = Buffer.from(memory.buffer);
      words = new Uint32Array(memory.buffer);
    }
    return bytes;
  };
  const textAt = (at: number, length: number): string => fresh().toString('utf8', at, at + length);
  const textOf = (name: number): string => {
    fresh();
    return textAt(name + NAME.text, words[(name + NAME.length) >>> 2] ?? 0);
  };
  const linkOf = (name: number): number => {
    fresh();
    return words[(name + NAME.link) >>> 2] ?? 0;
  };
  const nameOf = (kind: number, text: string): number => exports.nameOf(kind, fresh().write(text, places.scratch));
  const excluded = (passes: boolean | undefined): number => (passes === false ? FACT.excluded : 0);
  const addressOf = (client: string): number => nameOf(KIND.address, client);

  const host = {
    describeAddress(name: number): number {
      const address = textOf(name);
      if (linkOf(name) === 0) {
        const network = networkOf(address);
        if (network !== undefined) exports.setLink(name, nameOf(KIND.network, network));
      }
      return (clients.isTrusted(address) ? FACT.trusted : 0) | excluded(filter.client?.(address));
    },
    addressOf: (at: number, length: number): number => addressOf(clients.canonical(textAt(at, length))),
    forwardedAddress(at: number, length: number): number {
      const address = clients.forwardedBy(textAt(at, length));
      return address === undefined ? 0 : addressOf(address);
    },
    describePath(name: number): number {
      const path = textOf(name);
      const facts = pathFacts(path);
      exports.setLink(name, facts.folded === path ? name : nameOf(KIND.folded, facts.folded));
      return (
        (facts.isStatic ? FACT.static : 0) |
        (facts.isProbe ? FACT.probe : 0) |
        (facts.isProbeWhenMissing ? FACT.probeWhenMissing : 0) |
        (facts.isXmlrpc ? FACT.xmlrpc : 0) |
        (facts.isLogin ? FACT.login : 0) |
        (path.endsWith('/wp-login.php') ? FACT.wpLogin : 0) |
        (facts.isAdministration ? FACT.administration : 0) |
        excluded(filter.path?.(path))
      );
    },
    describeShape(name: number): number {
      const facts = queryFacts(textOf(name));
      exports.setLink(name, nameOf(KIND.keys, facts.keys));
      return facts.hasCampaign ? FACT.campaign : 0;
    },
    describeText(kind: number, name: number): number {
      const text = textOf(name);
      if (kind === KIND.agent) return excluded(filter.agent?.(text));
      if (kind === KIND.host) return excluded(filter.host?.(text));
      return kind === KIND.method ? excluded(filter.method?.(text)) : 0;
    },
    composeEndpoint(method: number, path: number, shape: number): number {
      const linked = (name: number): string => textOf(linkOf(name));
      return nameOf(KIND.endpoint, endpointFrom(textOf(method), linked(path), shape === 0 ? '' : linked(shape)));
    },
    isQueryProbe: (at: number, length: number): number => (isQueryProbe(textAt(at, length)) ? 1 : 0),
    clfTime: (at: number): number => format.layout?.timeOf(textAt(at, 26)) ?? Number.NaN,
    readLine(start: number, end: number, line: number): void {
      leftOver++;
      const text = lineText(textAt(start, end - start));
      const entry = format.parse(text);
      if (entry) addEntry(entry, text, line);
      else if (text.trim() !== '') {
        unreadable++;
        firstUnreadable ??= text;
      }
    },
  };

  /** As the line splitter gives it. */
  const lineText = (whole: string): string => {
    const text = isFirstLine && whole.charCodeAt(0) === 0xfeff ? whole.slice(1) : whole;
    const end = text.endsWith('\r') ? text.length - 1 : text.length;
    if (end > LINE_MAX) cut++;
    return text.slice(0, Math.min(end, LINE_MAX)).replace(/^\0+/, '');
  };

  const unfinishedText = (): string => {
    const before = cut;
    const text = lineText(textAt(places.input, held));
    cut = before;
    return text;
  };

  const addEntry = (entry: AccessEntry, text: string, line: number): void => {
    if (exports.admit(entry.at ?? Number.NaN) === 0) return;
    const address = addressOf(clients.clientOf(entry));
    const path = nameOf(KIND.path, pathOf(entry.target));
    const query = queryOf(entry.target);
    const facts = query === undefined ? undefined : queryFacts(query);
    const shape = query === undefined ? 0 : nameOf(KIND.shape, shapeOf(query));
    const method = entry.method === '' ? 0 : nameOf(KIND.method, entry.method);
    const agent = entry.agent === undefined ? 0 : nameOf(KIND.agent, agentGroup(entry.agent).name);
    const from = entry.referer === undefined ? '' : refererGroup(entry.referer).name;
    const referer = from === '' ? 0 : nameOf(KIND.referer, from);
    const site = entry.host === undefined ? 0 : nameOf(KIND.host, entry.host);
    const endpoint = nameOf(KIND.endpoint, endpointOf(entry.method, entry.target));
    const quote = places.scratch + SCRATCH_QUOTE;
    const quoteLength = fresh().write(text.slice(0, QUOTE_ENOUGH), quote);
    const protocol = places.scratch + SCRATCH_PROTOCOL;
    const protocolLength = bytes.write(entry.protocol, protocol);
    exports.request(
      entry.at ?? 0,
      entry.status,
      entry.bytes ?? -1,
      entry.requestBytes ?? -1,
      entry.durationMs ?? -1,
      entry.upstreamMs ?? -1,
      address,
      path,
      shape,
      query !== undefined && isQueryProbe(query),
      facts?.hasOtherAction === true,
      hash32(entry.target),
      method,
      agent,
      referer,
      site,
      endpoint,
      protocol,
      protocolLength,
      quote,
      quoteLength,
      line,
    );
  };

  const instance = new WebAssembly.Instance(module, { env: { memory, abort }, host });
  exports = instance.exports as unknown as KernelExports;
  const places = Object.fromEntries(PLACES.map((name, i) => [name, exports.placeOf(i)])) as Record<Place, number>;
  fresh();
  layOut();

  function layOut(): void {
    const { layout } = format;
    if (!layout) throw new TypeError(`the kernel does not read ${format.title}`);
    const [first, second] = task.query.by ?? [];
    const number = (of: Dimension | undefined): number => (of === undefined ? -1 : DIMENSIONS.indexOf(of));
    exports.configure(
      format.stamp === 'begin',
      task.earliest,
      task.latest,
      task.window.from ?? Number.NEGATIVE_INFINITY,
      task.window.to ?? Number.POSITIVE_INFINITY,
      number(first),
      number(second),
      filter.agent?.('') === false,
      filter.host?.('') === false,
      filter.method?.('') === false,
      task.newest ?? Number.NEGATIVE_INFINITY,
    );
    exports.layOut(
      PREFIX[layout.prefix] ?? 0,
      layout.headers,
      layout.tail.length,
      filter.agent !== undefined || filter.host !== undefined || filter.method !== undefined,
      filter.client !== undefined,
    );
    // The kernel makes this name by itself.
    if (filter.method) nameOf(KIND.method, '-');
    layout.tail.forEach((column, i) => {
      bytes[places.columns + i] = COLUMN[column] ?? 0;
    });
    if (filter.status)
      for (let status = 0; status < 1000; status++)
        bytes[places.excludedStatuses + status] = filter.status(status) ? 0 : 1;
    for (const prefix of clients.prefixes()) {
      const place = prefix.isIpv4 ? places.proxies4 : places.proxies6;
      const at = place + (prefix.bits >>> 3);
      bytes[at] = (bytes[at] ?? 0) | (1 << (prefix.bits & 7));
    }
  }

  /** Bytes at the begin of the input that are no whole line yet. */
  let held = 0;
  let skipping = false;

  function run(end: number): void {
    const input = places.input;
    fresh();
    // What was held before has none.
    const last = bytes.subarray(input + held, input + end).lastIndexOf(0x0a);
    const newline = input + held + last;
    if (last < 0) {
      held = end;
      if (end === INPUT_BYTES) overlong(end);
      return;
    }
    let from = input;
    if (skipping) {
      from = bytes.indexOf(0x0a, input) + 1;
      skipping = false;
    }
    exports.readLines(from, newline + 1);
    isFirstLine = false;
    fresh();
    bytes.copyWithin(input, newline + 1, input + end);
    held = input + end - (newline + 1);
  }

  /** A line as long as the room: its begin is read, its rest passed over. */
  function overlong(end: number): void {
    if (!skipping) {
      bytes[places.input + end] = 0x0a;
      exports.readLines(places.input, places.input + end + 1);
      isFirstLine = false;
    }
    skipping = true;
    held = 0;
  }

  const kernel: Kernel = {
    room: () => fresh().subarray(places.input + held, places.input + INPUT_BYTES),
    filled(count) {
      if (count > 0) run(held + count);
    },
    finish(takesLast) {
      if (held > 0 && !skipping) {
        // The begin of a line that is too long for any fact is all that is read of it.
        if (held >= OVERLONG_BYTES || takesLast(unfinishedText())) {
          fresh()[places.input + held] = 0x0a;
          exports.readLines(places.input, places.input + held + 1);
        }
      }
      exports.finish();
      fresh();
      const figures = new Float64Array(memory.buffer, places.figures, FIGURES.length);
      for (let i = 0; i < exports.countOfPeers(); i++) {
        const peer = (places.peers + i * PEER_BYTES) >>> 2;
        clients.note(textOf(words[peer] ?? 0), words[peer + 1] ?? 0, words[peer + 2] ?? 0);
      }
      return {
        memory: memory.buffer,
        places,
        slices: exports.closedSlices(),
        sliceMs: exports.sliceWidthMs(),
        hasGroups: task.query.by !== undefined,
        figure: (of) => figures[FIGURES.indexOf(of)] ?? Number.NaN,
        unreadable,
        ...(firstUnreadable !== undefined && { firstUnreadable }),
        cut,
        leftOver,
      };
    },
  };
  return kernel;
}

/** The names of the parameters with their equals signs, as the kernel puts them together; what is cut off there is cut off here. */
function shapeOf(query: string): string {
  return query
    .slice(0, 400)
    .split('&', 12)
    .map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? part : part.slice(0, equals + 1);
    })
    .join('&');
}

function abort(): never {
  throw new Error('the log kernel failed');
}

// Access logs of one JSON object a line: nginx with `escape=json` under many naming habits, and Caddy.
import type { AccessEntry, AccessFormat } from '../../model/access-entry.ts';
import { LINE_MAX } from './clf.ts';
import { clientFromForwarded, type Draft, emptyDraft } from './fields.ts';
import { type JsonObject, momentOf, parseObject, pathsOf, textOf, valueAt } from './json-values.ts';
import { countOf, decimalOf, goDurationMs, msOfSeconds, upstreamMs } from './numbers.ts';
import { splitRequest } from './request-line.ts';
import { isOutOfOrder } from './server-signs.ts';

/**
 * Names of what a request has, best first; without case, and without anything but letters and digits, nested names joined
 * (`client.ip` of ECS is `clientip`). Collected from public nginx, Caddy, Traefik and ECS configurations.
 */
const NAMES = {
  time: [
    'msec',
    'ts',
    'timestamp',
    'timeiso8601',
    'time',
    'timelocal',
    'datetime',
    'date',
    't',
    'starttime',
    'eventtime',
  ],
  client: [
    'requestclientip',
    'remoteaddr',
    'remoteip',
    'requestremoteip',
    'requestremoteaddr',
    'clientip',
    'client',
    'clientaddr',
    'clienthost',
    'ip',
    'remotehost',
    'remote',
    'sourceip',
    'sourceaddress',
    'srcip',
    'clientaddress',
    'realip',
    'host',
  ],
  forwarded: ['httpxforwardedfor', 'xforwardedfor', 'requestheadersxforwardedfor', 'xff', 'forwardedfor', 'forwarded'],
  user: ['remoteuser', 'userid', 'user', 'username', 'authuser', 'clientusername'],
  request: ['request', 'requestline', 'req'],
  method: ['requestmethod', 'method', 'httprequestmethod', 'httpmethod', 'verb'],
  target: [
    'requesturi',
    'uri',
    'urloriginal',
    'url',
    'requesturl',
    'requestpath',
    'urlpath',
    'path',
    'target',
    'request',
  ],
  query: ['args', 'querystring', 'query', 'urlquery', 'requestparam'],
  protocol: ['serverprotocol', 'protocol', 'requestprotocol', 'requestproto', 'proto', 'httpversion'],
  status: [
    'status',
    'statuscode',
    'httpresponsestatuscode',
    'httpstatus',
    'responsestatus',
    'responsecode',
    'downstreamstatus',
  ],
  body: ['bodybytessent', 'bodybytes', 'bodysent', 'bodysize', 'httpresponsebodybytes', 'downstreamcontentsize'],
  wire: ['bytessent', 'sentbytes'],
  bytes: ['bytes', 'size', 'responsesize', 'bytesout', 'lenbytes', 'resbytes', 'length', 'sent'],
  requestBytes: ['requestlength', 'reqlength', 'requestsize', 'bytesreceived', 'bytesin', 'reqbytes'],
  duration: [
    'requesttime',
    'reqtime',
    'rt',
    'duration',
    'durations',
    'requestduration',
    'latency',
    'elapsed',
    'timetaken',
    'took',
  ],
  durationMs: ['durationms', 'requesttimems', 'latencyms', 'elapsedms', 'tookms'],
  upstream: ['upstreamresponsetime', 'upstreamtime', 'upstreamtakentime', 'urt', 'responsetime'],
  referer: ['httpreferer', 'referer', 'referrer', 'httpreferrer', 'requestheadersreferer', 'httprequestreferrer'],
  agent: ['httpuseragent', 'useragent', 'requestheadersuseragent', 'useragentoriginal', 'agent', 'ua'],
  host: ['host', 'httphost', 'requesthost', 'vhost', 'virtualhost', 'servername', 'domain', 'site'],
} as const satisfies Record<string, readonly string[]>;

type Part = keyof typeof NAMES;
type Paths = Readonly<Partial<Record<Part, readonly string[]>>>;

const CADDY_HEADERS: Paths = {
  forwarded: ['request', 'headers', 'X-Forwarded-For'],
  referer: ['request', 'headers', 'Referer'],
  agent: ['request', 'headers', 'User-Agent'],
};

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+|unix:.*)$/;

/** Reads the habit from the head; `undefined` when fewer than half of the lines are requests in JSON. */
export function detectJson(head: readonly string[]): AccessFormat | undefined {
  const lines = head.filter((line) => line.trim() !== '' && line.length <= LINE_MAX);
  const objects = lines.map(parseObject).filter((object) => object !== undefined);
  if (objects.length === 0 || objects.length * 2 < lines.length) return undefined;
  const caddy = objects.filter((object) => isCaddy(object)).length * 2 >= objects.length;
  // Caddy logs only the headers that a request has: the head may hold none of those that come later.
  const paths = caddy ? { ...CADDY_HEADERS, ...findPaths(objects) } : findPaths(objects);
  if (!paths.status || !paths.time || !(paths.client || paths.forwarded) || !(paths.request || paths.target))
    return undefined;

  const parse = jsonParser(paths, durationReader(objects, paths, caddy));
  const entries = lines.map(parse).filter((entry) => entry !== undefined);
  if (entries.length * 2 < lines.length) return undefined;
  const times = objects.map((object) => momentOf(valueAt(object, paths.time ?? [])));
  const local = times.some((time) => time && !time.zoned);
  return {
    title: caddy ? 'Caddy JSON' : 'JSON access log',
    // Apache can write JSON too, and stamps the begin.
    stamp: !caddy && isOutOfOrder(entries) ? 'begin' : 'end',
    bytes: caddy || paths.body ? 'body' : paths.wire ? 'wire' : 'unknown',
    ...(local ? { localTime: true } : {}),
    parse,
  };
}

/** Caddy v2 names its loggers; the request is an object of its own (caddyserver.com/docs/logging). */
function isCaddy(object: JsonObject): boolean {
  const logger = object.logger;
  return typeof logger === 'string' && logger.startsWith('http.log.access');
}

/** For every part the path of its best name that the head has a value for. */
function findPaths(objects: readonly JsonObject[]): Paths {
  const known = new Map<string, string[]>();
  for (const object of objects) {
    for (const path of pathsOf(object)) {
      const name = path
        .join('')
        .toLowerCase()
        .replace(/[^a-z0-9]/g, '');
      if (!known.has(name)) known.set(name, path);
    }
  }
  const found: Partial<Record<Part, readonly string[]>> = {};
  const taken = new Set<readonly string[]>();
  for (const part of Object.keys(NAMES) as Part[]) {
    const name = NAMES[part].find((candidate) => {
      const path = known.get(candidate);
      return path !== undefined && !taken.has(path) && fits(part, objects, path);
    });
    const path = name === undefined ? undefined : known.get(name);
    if (path === undefined) continue;
    found[part] = path;
    taken.add(path);
  }
  return found;
}

/** Whether what stands at the path can be this part: one name means different things to different people. */
function fits(part: Part, objects: readonly JsonObject[], path: readonly string[]): boolean {
  const texts = objects.map((object) => textOf(valueAt(object, path))).filter((text) => text !== undefined);
  switch (part) {
    case 'time':
      return texts.some((text) => momentOf(text) !== undefined);
    case 'client':
      // "host" may be the peer or the virtual host.
      return path.at(-1)?.toLowerCase() !== 'host' || (texts.length > 0 && texts.every((text) => ADDRESS.test(text)));
    case 'status':
      return texts.some((text) => /^\d{3}$/.test(text));
    case 'request':
      return texts.some((text) => text.includes(' '));
    default:
      return true;
  }
}

/**
 * How durations are read. nginx and Caddy write seconds with a fraction, Go programs a duration with its unit; a whole number
 * under a vague name could be anything, and is left alone.
 */
function durationReader(
  objects: readonly JsonObject[],
  paths: Paths,
  caddy: boolean,
): (value: unknown) => number | undefined {
  const path = paths.duration;
  if (path === undefined) return () => undefined;
  const values = objects.map((object) => valueAt(object, path)).filter((value) => textOf(value) !== undefined);
  const nginx = /^req(?:uest)?_?time$/i.test(path.at(-1) ?? '');
  const fractions = values.some((value) => String(value).includes('.') && Number(value) < 600);
  const seconds = caddy || nginx || fractions;
  return (value) => {
    const text = textOf(value);
    if (text === undefined) return undefined;
    const number = typeof value === 'number' ? value : decimalOf(text);
    if (number === undefined) return goDurationMs(text);
    return seconds && number >= 0 ? msOfSeconds(number) : undefined;
  };
}

function jsonParser(paths: Paths, durationOf: (value: unknown) => number | undefined) {
  const bytesPath = paths.body ?? paths.wire ?? paths.bytes;
  return (line: string): AccessEntry | undefined => {
    if (line.length > LINE_MAX) return undefined;
    const object = parseObject(line);
    if (!object) return undefined;
    const get = (path: readonly string[] | undefined): string | undefined =>
      path === undefined ? undefined : safeText(textOf(valueAt(object, path)));
    const status = get(paths.status);
    if (status === undefined || !/^\d{1,3}$/.test(status)) return undefined;
    if (!has(object, paths.request) && !has(object, paths.target)) return undefined;

    const draft = emptyDraft();
    draft.at = paths.time && momentOf(valueAt(object, paths.time))?.ms;
    draft.client = withoutPort(get(paths.client) ?? '');
    draft.status = Number(status);
    putRequest(draft, get);
    putText(draft, get);
    putFigures(draft, get, bytesPath);
    const durationMs = paths.duration
      ? durationOf(valueAt(object, paths.duration))
      : decimalOf(get(paths.durationMs) ?? '');
    if (durationMs !== undefined) draft.durationMs = durationMs;
    clientFromForwarded(draft);
    return draft.client === '' ? undefined : draft;
  };

  function putRequest(draft: Draft, get: (path: readonly string[] | undefined) => string | undefined): void {
    const line = paths.request ? get(paths.request) : undefined;
    if (line !== undefined) {
      Object.assign(draft, splitRequest(line));
      return;
    }
    draft.method = get(paths.method) ?? '';
    draft.target = get(paths.target) ?? '';
    const query = get(paths.query);
    if (query !== undefined && !draft.target.includes('?')) draft.target += query.startsWith('?') ? query : `?${query}`;
    draft.protocol = get(paths.protocol) ?? '';
  }

  function putText(draft: Draft, get: (path: readonly string[] | undefined) => string | undefined): void {
    const forwarded = get(paths.forwarded);
    if (forwarded !== undefined) draft.forwarded = forwarded;
    const user = get(paths.user);
    if (user !== undefined) draft.user = user;
    const referer = get(paths.referer);
    if (referer !== undefined) draft.referer = referer;
    const agent = get(paths.agent);
    if (agent !== undefined) draft.agent = agent;
    const host = get(paths.host);
    if (host !== undefined) draft.host = host.replace(/:\d{1,5}$/, '');
  }

  function putFigures(
    draft: Draft,
    get: (path: readonly string[] | undefined) => string | undefined,
    bytes: readonly string[] | undefined,
  ): void {
    const sent = countOf(get(bytes) ?? '');
    if (sent !== undefined) draft.bytes = sent;
    const received = countOf(get(paths.requestBytes) ?? '');
    if (received !== undefined) draft.requestBytes = received;
    const upstream = paths.upstream ? upstreamMs(get(paths.upstream) ?? '') : undefined;
    if (upstream !== undefined) draft.upstreamMs = upstream;
  }
}

/** Control characters stand as `\xHH`, as they do in the other logs: JSON would bring them back to life. */
function safeText(text: string | undefined): string | undefined {
  return text?.replace(/[\0-\x1f\x7f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

function has(object: JsonObject, path: readonly string[] | undefined): boolean {
  return path !== undefined && valueAt(object, path) !== undefined;
}

/** Old Caddy writes `203.0.113.7:40928`, for IPv6 `[::1]:40928`. */
function withoutPort(address: string): string {
  const match = /^(?:(\d+(?:\.\d+){3})|\[([0-9A-Fa-f:.]+)\]):\d{1,5}$/.exec(address);
  return match ? (match[1] ?? match[2] ?? address) : address;
}

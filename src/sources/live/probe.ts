// Asks the sites of this host for their first page, as a visitor would: at the local address, whatever DNS says.
import type { Site } from '../../config/site.ts';
import type { HostReader, WebAnswer, WebRequest } from '../../model/host.ts';
import type { ProbeState } from '../../model/sample.ts';

/** Each costs the host a page: no more of them in one round, and so many at once. */
const SITES_MAX = 12;
const AT_ONCE = 4;
const TIMEOUT_MS = 4500;
const BODY_KEPT = 200;

/** In the order of the sites; those beyond the bound are left out. Never rejects. */
export async function probeSites(
  host: HostReader,
  sites: readonly Site[],
  timeoutMs = TIMEOUT_MS,
): Promise<ProbeState[]> {
  const asked = sites.slice(0, SITES_MAX);
  const answers: ProbeState[] = new Array(asked.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < asked.length; i = next++) {
      const site = asked[i];
      if (site) answers[i] = await probe(host, site, timeoutMs);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers.filter((answer) => answer !== undefined);
}

async function probe(host: HostReader, site: Site, timeoutMs: number): Promise<ProbeState> {
  const name = site.name === '' ? (site.address ?? 'localhost') : site.name;
  const usual = site.port === (site.tls ? 443 : 80);
  const url = `${site.tls ? 'https' : 'http'}://${name}${usual ? '' : `:${site.port}`}/`;
  const request: WebRequest = {
    address: site.address ?? '127.0.0.1',
    port: site.port,
    tls: site.tls,
    host: usual ? name : `${name}:${site.port}`,
    path: '/',
    timeoutMs,
  };
  const begin = host.now();
  const first = await host.ask(request);
  const answer = 'none' in first ? first : await followed(host, request, first);
  if ('none' in answer) return { url, ms: host.now() - begin, body: answer.none.slice(0, BODY_KEPT) };
  const ms = answer === first ? answer.ms : host.now() - begin;
  return { url, status: answer.status, ms, body: visibleText(answer.body).slice(0, BODY_KEPT) };
}

/** One step of a redirect within the same name: to TLS, or to the page of the blog. */
async function followed(
  host: HostReader,
  request: WebRequest,
  answer: WebAnswer,
): Promise<WebAnswer | { none: string }> {
  if (answer.status < 301 || answer.status > 308 || answer.location === undefined) return answer;
  let target: URL;
  try {
    target = new URL(answer.location, `${request.tls ? 'https' : 'http'}://${request.host}${request.path}`);
  } catch {
    return answer;
  }
  const bare = request.host.replace(/:\d+$/, '');
  const same = target.hostname === bare || target.hostname === `www.${bare}` || `www.${target.hostname}` === bare;
  if (!same) return answer;
  const tls = target.protocol === 'https:';
  return host.ask({
    ...request,
    tls,
    port: Number(target.port) || (tls ? 443 : 80),
    host: target.host,
    path: `${target.pathname}${target.search}`,
  });
}

/** What a person would read: an error page hides its one sentence behind a long style sheet. */
function visibleText(body: string): string {
  return body
    .replace(/<(style|script)\b[^>]{0,1000}>[\s\S]*?(?:<\/\1>|$)/gi, ' ')
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<[^>]{0,1000}>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

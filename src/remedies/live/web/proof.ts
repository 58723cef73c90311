// Proof by request: a page that must be refused is, and the front page is not.
import type { Proof } from '../../../model/act.ts';
import type { HostReader, WebAnswer } from '../../../model/host.ts';
import type { Site, WebServer } from './server.ts';

/** A reload takes effect within moments; under load it takes longer. */
const PATIENCE_MS = 10_000;
const EVERY_MS = 300;
const SITES_MAX = 6;

type Answer = WebAnswer | { readonly none: string };

/** One site for each name and port, up to six. */
export function sitesToAsk({ sites }: WebServer): readonly Site[] {
  const known = new Map<string, Site>();
  for (const site of sites) known.set(`${site.name}:${site.port}`, known.get(`${site.name}:${site.port}`) ?? site);
  return [...known.values()].slice(0, SITES_MAX);
}

/** Asks until the answer is as wanted, or for ten seconds. */
async function askUntil(
  host: HostReader,
  site: Site,
  path: string,
  wanted: (answer: Answer) => boolean,
  patienceMs = PATIENCE_MS,
): Promise<Answer> {
  const end = host.now() + patienceMs;
  for (;;) {
    const answer = await host.ask({
      ...target(site),
      path,
      timeoutMs: Math.max(1000, Math.min(5000, end - host.now())),
    });
    if (wanted(answer) || host.now() >= end) return answer;
    await host.sleep(EVERY_MS);
  }
}

function target({ address, port, tls, name }: Site) {
  return { address, port, tls, host: name };
}

export function told(answer: Answer): string {
  return 'none' in answer ? `no answer (${answer.none})` : `${answer.status} in ${answer.ms} ms`;
}

export function urlOf({ name, port, tls }: Site, path: string): string {
  const usual = port === (tls ? 443 : 80);
  return `${tls ? 'https' : 'http'}://${name}${usual ? '' : `:${port}`}${path}`;
}

/** All workers may be taken. */
function unasked(answer: Answer): Pick<Proof, 'mendedBy'> {
  return 'none' in answer ? { mendedBy: 'restart-web' } : {};
}

/** That the path is refused on each site; a site that only sends visitors elsewhere is as good. */
export async function proveRefused(host: HostReader, server: WebServer, path: string): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const site of sitesToAsk(server)) {
    const answer = await askUntil(host, site, path, (one) => 'status' in one && one.status === 403);
    const elsewhere = 'status' in answer && answer.status >= 300 && answer.status < 400;
    const ok = elsewhere || ('status' in answer && answer.status === 403);
    const text = `${urlOf(site, path)} answers ${told(answer)}${elsewhere ? ': a redirect, which costs no PHP' : ok ? ': refused' : ', where 403 was wanted'}`;
    proofs.push({ ok, text, ...unasked(answer) });
    // Whose workers are all taken answers for no other site, either.
    if ('none' in answer) {
      proofs.push({
        ok: false,
        ...unasked(answer),
        text: 'It could not be asked: all workers may be taken. seawall quiet clears them; then ask again.',
      });
      break;
    }
  }
  return proofs;
}

/**
 * That the front page of each site isn't refused along with it. An error of a site that is ill anyway is told, and is not our doing;
 * with `well`, it counts.
 */
export async function proveOpen(host: HostReader, server: WebServer, well = false): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const site of sitesToAsk(server)) {
    const settled = (one: Answer): boolean => 'status' in one && (well ? one.status < 400 : one.status !== 403);
    const answer = await askUntil(host, site, '/', settled, 3000);
    const refused = 'status' in answer && answer.status === 403;
    const good = 'status' in answer && answer.status < 400;
    const text = `${urlOf(site, '/')} answers ${told(answer)}${good ? '' : refused ? ', where a page was wanted' : ': not refused, but not well yet'}`;
    proofs.push({ ok: well ? good : 'status' in answer && !refused, text, ...unasked(answer) });
    if ('none' in answer) break;
  }
  return proofs;
}

// Counts one request in what is known of its source.
import type { AccessEntry } from '../model/access-entry.ts';
import { addHash } from '../model/distinct.ts';
import { type Evidence, evidence } from '../model/evidence.ts';
import type { Table } from '../model/table.ts';
import { count, type SourceDetail, weightOf } from '../model/traffic.ts';
import { addRequest, type Hit } from './count-hit.ts';
import { ownText } from './own-text.ts';
import { entryAt } from './place.ts';
import {
  AGENTS_KEPT,
  ENDPOINTS_KEPT,
  keepAdminRequest,
  keepExample,
  keepLag,
  keepLogin,
  keepXmlrpc,
  sourceDetail,
} from './source-detail.ts';

/** One more than `evidence` keeps, so that it can tell that the line was longer. */
const QUOTE_ENOUGH = 401;

export type Sources = Table<SourceDetail | Hit>;

/**
 * Most addresses come but once before they are folded away, in a flood from everywhere by the million. So of the first
 * request nothing is worked out yet: the request itself is kept, and a detail is made when another one follows.
 */
export function addToSource(sources: Sources, hit: Hit): void {
  const { source, address } = hit.visitor;
  const known = entryAt(source, sources, address, () => hit, weightOfSource);
  if (known === hit) return;
  if (isDetail(known)) {
    addToDetail(known, hit);
    return;
  }
  const detail = addToDetail(detailOf(known), hit);
  sources.entries.set(address, detail);
  source.entry = detail;
}

/** Folded entries are lost, so a single request must weigh as much as its detail would. */
function weightOfSource(source: SourceDetail | Hit): number {
  return isDetail(source) ? weightOf(source) : 1 + source.workerMs / 1000;
}

function isDetail(source: SourceDetail | Hit): source is SourceDetail {
  return 'lags' in source;
}

export function detailOf(source: SourceDetail | Hit): SourceDetail {
  return isDetail(source) ? source : addToDetail(sourceDetail(), source);
}

function addToDetail(detail: SourceDetail, hit: Hit): SourceDetail {
  const { entry, target } = hit;
  addRequest(detail, hit);
  count(detail.endpoints, hit.endpoint.name, ENDPOINTS_KEPT);
  count(detail.agents, hit.agent?.name ?? '', AGENTS_KEPT);
  addHash(detail.targets, target.targetHash);
  if (!hit.dynamic) detail.assets++;
  if (entry.method === 'POST') detail.posts++;
  if ((hit.referer !== undefined && hit.referer.name !== '') || target.hasCampaign) detail.referred++;
  // A request that failed shows how long the server was overloaded, not how long its work takes.
  if (hit.lagMs > 0 && entry.status < 400) keepLag(detail, Math.round(hit.lagMs / 1000), 1);
  if (entry.requestBytes !== undefined) {
    detail.requestBytes += entry.requestBytes;
    detail.requestsSized++;
  }
  keepExample(detail, () => quote(hit));
  addAttack(detail, hit);
  return detail;
}

function addAttack(detail: SourceDetail, hit: Hit): void {
  const { entry, target } = hit;
  const { status } = entry;
  const isPost = entry.method === 'POST';
  if (isPost && target.isXmlrpc) keepXmlrpc(detail, xmlrpcKey(entry), () => quote(hit));
  else if (isPost && target.isLogin) {
    if (status >= 300 && status < 400) {
      detail.loginPassed++;
      keepLogin(detail, () => quote(hit));
    } else detail.loginFailed++;
  } else if (target.isProbe || (target.isProbeWhenMissing && (status === 404 || status === 403))) {
    detail.probes++;
    addHash(detail.probed, target.targetHash);
  }
  if (status === 200 && target.isAdministration) keepAdminRequest(detail, () => quote(hit));
}

export function quote({ file, line, text }: Hit): Evidence {
  return evidence(file, line, text.length < QUOTE_ENOUGH ? text : ownText(text.slice(0, QUOTE_ENOUGH)));
}

/** The size is said together with what it depends on. */
export function xmlrpcKey(entry: AccessEntry): string {
  return `${entry.protocol} ${entry.status} ${entry.bytes ?? 0}`;
}

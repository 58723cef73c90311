// All that the target of a request says by itself, worked out once for targets that come again.
import { hash32 } from '../model/distinct.ts';
import { looksStatic, pathOf } from '../model/http.ts';
import { endpointOf } from './endpoint.ts';
import { ownText } from './own-text.ts';
import { isProbe } from './probe-request.ts';
import type { Recent } from './recent.ts';
import type { Group } from './visitor.ts';

export interface TargetFacts {
  readonly path: string;
  readonly pathHash: number;
  readonly targetHash: number;
  /** The web server most likely answers it by itself. */
  readonly isStatic: boolean;
  /** Attackers look for it, whatever the reply; and when it is not there or forbidden. */
  readonly isProbe: boolean;
  readonly isProbeWhenMissing: boolean;
  readonly isXmlrpc: boolean;
  /** A POST to it sends a password. */
  readonly isLogin: boolean;
  readonly isAdministration: boolean;
  /** It carries the parameters of a campaign: somebody followed a link. */
  readonly hasCampaign: boolean;
  /** By method: see `endpointOf`. */
  readonly endpoints: { readonly method: string; readonly group: Group }[];
}

export function targetFacts(target: string): TargetFacts {
  const path = pathOf(target);
  const known = isProbe(path, target, 200);
  return {
    path,
    pathHash: hash32(path),
    targetHash: hash32(target),
    isStatic: looksStatic(path),
    isProbe: known,
    isProbeWhenMissing: known || isProbe(path, target, 404),
    isXmlrpc: path.endsWith('/xmlrpc.php'),
    isLogin: isLogin(path, target),
    isAdministration: isAdministration(path),
    hasCampaign: target.includes('=') && /[?&](?:utm_[a-z]+|fbclid|gclid|mc_cid|mc_eid)=/.test(target),
    endpoints: [],
  };
}

/** Methods are few, but anybody may make one up. */
const ENDPOINTS_MAX = 8;

/** What a method and a target ask for. Many targets are one endpoint: `known` has one group, and one name, for all of them. */
export function endpointFor(facts: TargetFacts, method: string, target: string, known: Recent<Group>): Group {
  for (const endpoint of facts.endpoints) if (endpoint.method === method) return endpoint.group;
  const group = known.of(endpointOf(method, target));
  if (facts.endpoints.length < ENDPOINTS_MAX) facts.endpoints.push({ method: ownText(method), group });
  return group;
}

/** A password is sent: WordPress and Drupal. Other actions of wp-login.php (lost password, post password) are none. */
function isLogin(path: string, target: string): boolean {
  if (path.endsWith('/wp-login.php')) return !/[?&]action=(?!login\b)/.test(target);
  return path.endsWith('/user/login');
}

function isAdministration(path: string): boolean {
  return path.includes('/wp-admin/') && !/\/(?:admin-ajax|admin-post|load-styles|load-scripts)\.php$/.test(path);
}

// All that the target of a request says by itself, worked out once for targets that come again.
import { hash32 } from '../model/distinct.ts';
import { looksStatic, pathOf } from '../model/http.ts';
import { endpointOf, foldedPath } from './endpoint.ts';
import { ownText } from './own-text.ts';
import { isPathProbe, isProbeWhenMissing, isQueryProbe } from './probe-request.ts';
import { queryFacts, queryOf } from './query.ts';
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

const PATH_MAX = 200;

/** As it is counted: hostile paths have no end. A character beyond 16 bits is not cut in two. */
export function shortPath(path: string): string {
  if (path.length <= PATH_MAX) return path;
  const last = path.charCodeAt(PATH_MAX - 1);
  return ownText(path.slice(0, last >= 0xd800 && last < 0xdc00 ? PATH_MAX - 1 : PATH_MAX));
}

/** What the path says by itself, without the query. */
export type PathFacts = Pick<
  TargetFacts,
  'pathHash' | 'isStatic' | 'isProbe' | 'isProbeWhenMissing' | 'isXmlrpc' | 'isLogin' | 'isAdministration'
> & {
  /** For its endpoint. */
  readonly folded: string;
};

export function pathFacts(path: string): PathFacts {
  return {
    pathHash: hash32(path),
    folded: foldedPath(path),
    isStatic: looksStatic(path),
    isProbe: isPathProbe(path),
    isProbeWhenMissing: isProbeWhenMissing(path),
    isXmlrpc: path.endsWith('/xmlrpc.php'),
    isLogin: isLoginPath(path),
    isAdministration: isAdministration(path),
  };
}

export function targetFacts(target: string): TargetFacts {
  const path = pathOf(target);
  const facts = pathFacts(path);
  const query = queryOf(target);
  const asked = query === undefined ? undefined : queryFacts(query);
  return {
    ...facts,
    path,
    targetHash: hash32(target),
    isProbe: facts.isProbe || (query !== undefined && isQueryProbe(query)),
    isLogin: facts.isLogin && !(asked?.hasOtherAction === true && path.endsWith('/wp-login.php')),
    hasCampaign: asked?.hasCampaign === true,
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

/** A password is sent there: WordPress and Drupal. */
function isLoginPath(path: string): boolean {
  return path.endsWith('/wp-login.php') || path.endsWith('/user/login');
}

function isAdministration(path: string): boolean {
  return path.includes('/wp-admin/') && !/\/(?:admin-ajax|admin-post|load-styles|load-scripts)\.php$/.test(path);
}

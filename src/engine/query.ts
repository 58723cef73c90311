// What the query of a request tells: the names of its parameters, and whether somebody followed a campaign's link.

/** Characters of the query, and parameters, that are looked at: hostile ones have no end. */
const QUERY_MAX = 400;
const PARAMETERS_MAX = 12;
const KEYS_MAX = 3;

const CAMPAIGN = /^(?:utm_[a-z]+|fbclid|gclid|mc_cid|mc_eid)$/;

export interface QueryFacts {
  /** "?color&size": up to three names, sorted. Names that hold digits are folded into `…`: they are values in disguise. */
  readonly keys: string;
  /** It carries the parameters of a campaign. */
  readonly hasCampaign: boolean;
  /** It names an action that is not `login`: wp-login.php then takes no password (lost password, password of a post). */
  readonly hasOtherAction: boolean;
}

/** Without its question mark; `undefined` when the target has none. */
export function queryOf(target: string): string | undefined {
  const mark = target.indexOf('?');
  return mark < 0 ? undefined : target.slice(mark + 1);
}

export function queryFacts(query: string): QueryFacts {
  const names = new Set<string>();
  let hasCampaign = false;
  let hasOtherAction = false;
  for (const part of query.slice(0, QUERY_MAX).split('&', PARAMETERS_MAX)) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    names.add(/^[A-Za-z_][A-Za-z_[\].-]{0,23}$/.test(name) ? name : '…');
    if (equals < 0) continue;
    if (CAMPAIGN.test(name)) hasCampaign = true;
    if (name === 'action' && !/^login\b/.test(part.slice(equals + 1))) hasOtherAction = true;
  }
  return { keys: `?${[...names].sort().slice(0, KEYS_MAX).join('&')}`, hasCampaign, hasOtherAction };
}

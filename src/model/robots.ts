// Robots by what they say of themselves. Anybody can say it: a name is a claim, an address in the owner's network a proof.
import crawlers from 'crawler-user-agents';

const GENERIC = /\b(?:[A-Za-z]*(?:bot|crawler|spider|scraper|slurp|archiver)|fetcher|indexer)\b/i;
/** Monitors ask again and again by design; feed readers and link previews too. */
const MONITOR = /uptime|monitor|pingdom|statuscake|nagios|check_http|zabbix|site24x7|healthcheck|blackbox/i;

/** All patterns in one: most agents are browsers, and one look says so. */
let any: RegExp | undefined;
let patterns: readonly RegExp[] | undefined;
const names = new Map<string, string | undefined>();

/** The robot's name as its user agent declares it; `undefined` for browsers, tools and monitors. */
export function declaredRobot(agent: string): string | undefined {
  if (agent === '' || agent === '-' || MONITOR.test(agent)) return undefined;
  if (names.has(agent)) return names.get(agent);
  any ??= new RegExp(crawlers.map((crawler) => `(?:${crawler.pattern})`).join('|'), 'i');
  const known = any.test(agent) ? nameIn(agent) : undefined;
  const name = GENERIC.exec(agent)?.[0] ?? (known !== undefined && !isTool(known) ? known : undefined);
  if (names.size > 5000) names.clear();
  names.set(agent, name);
  return name;
}

function nameIn(agent: string): string | undefined {
  patterns ??= crawlers.map((crawler) => new RegExp(crawler.pattern, 'i'));
  return patterns.find((pattern) => pattern.test(agent))?.exec(agent)?.[0];
}

/** Libraries and command-line tools stand in the list of crawlers as well, but say nothing of who uses them. */
function isTool(name: string): boolean {
  return /curl|wget|python|java|okhttp|axios|node|go-http|libwww|perl|ruby|php|http|wordpress|jetpack|apache|guzzle/i.test(
    name,
  );
}

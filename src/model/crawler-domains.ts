// Crawlers whose owners say in which domains the names of their addresses lie: reverse and then forward DNS proves them.
// As the owners tell it: developers.google.com (Verifying Googlebot), bing.com/webmasters (Verify Bingbot), support.apple.com
// (Applebot), yandex.com/support/webmaster, help.baidu.com, napoveda.seznam.cz, help.yahoo.com (Slurp), ahrefs.com/robot.
// googleusercontent.com is left out: rented machines of Google's cloud have such names as well.

const DOMAINS: readonly { readonly agent: RegExp; readonly domains: readonly string[] }[] = [
  { agent: /Google/i, domains: ['googlebot.com', 'google.com'] },
  { agent: /bingbot|msnbot|BingPreview/i, domains: ['search.msn.com'] },
  { agent: /Applebot/i, domains: ['applebot.apple.com'] },
  { agent: /Yandex/i, domains: ['yandex.ru', 'yandex.net', 'yandex.com'] },
  { agent: /Baiduspider/i, domains: ['baidu.com', 'baidu.jp'] },
  { agent: /Seznam/i, domains: ['seznam.cz'] },
  { agent: /Slurp/i, domains: ['crawl.yahoo.net'] },
  { agent: /Ahrefs/i, domains: ['ahrefs.com', 'ahrefs.net'] },
];

/** The domains that prove the crawler which the user agent names; `undefined` when its owner publishes none that we know. */
export function crawlerDomains(agent: string): readonly string[] | undefined {
  return DOMAINS.find((known) => known.agent.test(agent))?.domains;
}

/** The domain of a crawler's owner that a host name lies in; `undefined` when it lies in none. */
export function crawlerDomainOf(name: string): string | undefined {
  const host = name.toLowerCase().replace(/\.$/, '');
  return DOMAINS.flatMap((known) => known.domains).find((domain) => host.endsWith(`.${domain}`));
}

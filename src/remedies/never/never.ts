// Who is never blocked on this host, each with the reason and with what to do instead.
import type { HostReader } from '../../model/host.ts';
import { crawlerNetworks, proxyNetworks } from '../../model/known-networks.ts';
import type { Names } from '../../model/names.ts';
import { overlapFinder, rangeFrom, rangeOf } from '../firewall/ranges.ts';
import { type Target, unfitForBlock } from '../safe.ts';
import { adminSessions } from './admin-sessions.ts';
import { allowlist } from './allowlist.ts';
import { configuredProxies } from './configured-proxies.ts';
import { gateways, ownAddresses, resolvers } from './own-addresses.ts';
import type { Never } from './reason.ts';
import { searchEnginesAmong } from './search-engines.ts';

export interface NeverOptions {
  /** Path of the allowlist. */
  readonly allowFile: string;
  /** DNS; without it nobody is asked. */
  readonly names?: Names;
}

export interface Sorted {
  readonly fit: readonly Target[];
  readonly refused: readonly { readonly target: Target; readonly why: string; readonly instead: string }[];
  readonly notes: readonly string[];
}

const LOOPBACK: readonly Never[] = ['127.0.0.0/8', '::1'].map((target) => ({
  target,
  why: 'loopback: the host itself',
  instead: 'Look at which program of this host asks.',
}));

function published(): Never[] {
  return [
    ...proxyNetworks().map(([target, owner]) => ({
      target,
      why: `a network of ${owner}, which stands in front of sites: all visitors behind it would be hit`,
      instead: 'Block by the forwarded address in the web server, or at the proxy.',
    })),
    ...crawlerNetworks().map(([target, owner]) => ({
      target,
      why: `in the published network of ${owner}'s crawler: the site would drop out of the search`,
      instead: 'Slow it down by robots.txt, or limit it in the web server.',
    })),
  ];
}

/**
 * Tells those that may be blocked from those that must not.
 * @throws HostError when the allowlist can't be read.
 */
export async function sortTargets(
  targets: readonly Target[],
  host: HostReader,
  { allowFile, names }: NeverOptions,
): Promise<Sorted> {
  // The administrator's own words first: of several reasons for one address the first is told.
  const told = new Set<string>();
  const nevers = [
    ...allowlist(host, allowFile),
    ...(await adminSessions(host)),
    ...ownAddresses(host),
    ...gateways(host),
    ...resolvers(host),
    ...configuredProxies(host),
    ...LOOPBACK,
    ...published(),
  ].flatMap((never) => {
    const range = rangeFrom(never.target);
    return range && !told.has(never.target) && told.add(never.target) ? [{ never, range }] : [];
  });
  const find = overlapFinder(nevers, ({ range }) => range);
  const refused: { target: Target; why: string; instead: string }[] = [];
  const fit: Target[] = [];
  for (const target of targets) {
    const hit = find(rangeOf(target))?.never;
    const unfit = hit ? undefined : unfitForBlock(target);
    if (hit) refused.push({ target, why: toldOf(hit, target), instead: hit.instead });
    else if (unfit !== undefined)
      refused.push({ target, why: unfit, instead: 'Name the addresses or a narrower network.' });
    else fit.push(target);
  }
  if (!names) return { fit, refused, notes: [] };
  const asked = await searchEnginesAmong(
    fit.filter((target) => !target.network).map((target) => target.text),
    names,
  );
  return {
    fit: fit.filter((target) => !asked.proved.has(target.text)),
    refused: [
      ...refused,
      ...fit.flatMap((target) => {
        const domain = asked.proved.get(target.text);
        return domain === undefined
          ? []
          : [
              {
                target,
                why: `a search engine, proved by DNS (${domain})`,
                instead: 'Slow it down by robots.txt, or limit it in the web server.',
              },
            ];
      }),
    ],
    notes:
      asked.unknown > 0
        ? [
            `Whether ${asked.unknown} of them are search engines was not told by DNS: none of their networks is a published one.`,
          ]
        : [],
  };
}

function toldOf(never: Never, target: Target): string {
  return never.target === target.text
    ? never.why
    : `${target.network ? 'it holds or lies in' : 'it lies in'} ${never.target}: ${never.why}`;
}

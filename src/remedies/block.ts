// Block addresses and networks in the firewall: a table of our own, sets whose elements expire, before connection tracking.
import type { Preview, Reach, Remedy } from '../model/remedy.ts';
import type { Traffic } from '../model/traffic.ts';
import { elementLines, ruleset } from './firewall/ruleset.ts';
import { distinctTargets, reachOfTargets } from './reach.ts';
import { parseTarget, type Target, unfitForBlock } from './safe.ts';
import { duration, namely, writeFile } from './shell.ts';

const HOUR = 3600;
/** The longest block: addresses change hands. */
const MONTH = 30 * 86_400;
/** Of targets in the command that does it all. */
const NAMED_MAX = 8;

/** Each family's elements, as lines of nft. */
function elements(verb: 'add' | 'delete', targets: readonly Target[], timeout: string): string[] {
  return ([4, 6] as const).flatMap((family) =>
    elementLines(
      verb,
      family,
      targets.filter((target) => target.family === family).map((target) => `${target.text}${timeout}`),
    ),
  );
}

/** ss(8) wants brackets around a single IPv6 address, and none around a network. */
function cut(target: Target): string {
  return `ss -K -tn dst ${target.family === 6 && !target.network ? `'[${target.text}]'` : target.text}`;
}

/** Comment lines on targets that are left out. An unreadable one is counted, never shown. */
function leftOut(texts: readonly string[]): string[] {
  const unreadable = texts.filter((text) => parseTarget(text) === undefined).length;
  const lines = unreadable > 0 ? [`# Left out: ${unreadable} that could not be read as an address or network.`] : [];
  for (const target of distinctTargets(texts)) {
    const why = unfitForBlock(target);
    if (why !== undefined) lines.push(`# Left out: ${target.text} (${why}).`);
  }
  return lines;
}

function blockable(texts: readonly string[]): Target[] {
  return distinctTargets(
    texts.filter((text) => {
      const target = parseTarget(text);
      return target !== undefined && unfitForBlock(target) === undefined;
    }),
  );
}

/** Blocks expire: one without a usable time gets an hour. */
export function blockSeconds(asked: number): number {
  return Number.isFinite(asked) && asked >= 1 ? Math.min(MONTH, asked) : HOUR;
}

export const block: Remedy<'block'> = {
  kind: 'block',

  preview(plan): Preview {
    const targets = blockable(plan.targets);
    const omitted = leftOut(plan.targets);
    if (targets.length === 0) {
      return {
        title: 'Block nothing: no address or network given that may be blocked',
        commands: [...omitted, '# Find the source with: seawall traffic, or: ss -Htn state established | sort'],
        undo: [],
      };
    }
    const seconds = blockSeconds(plan.forSeconds);
    const names = targets.map((target) => target.text);
    return {
      title: `Drop what comes from ${namely(names)} in the firewall for ${duration(seconds)}`,
      commands: [
        ...omitted,
        ...(names.length <= NAMED_MAX
          ? [
              `# With all checks, proof and undo: seawall block ${names.join(' ')} --for ${duration(seconds)}; or by hand:`,
            ]
          : []),
        '# Not your own address, nor that of a proxy in front of the site? You come from:',
        'echo "$SSH_CONNECTION"',
        ...writeFile('/run/seawall-block.nft', [
          ...ruleset(),
          ...elements('add', targets, ` timeout ${duration(seconds)}`),
        ]),
        'nft -c -f /run/seawall-block.nft && nft -f /run/seawall-block.nft',
        '# "interval overlaps": an older block holds part of it, and nothing was changed. Delete that element first (nft list table inet seawall).',
        '# Cut the connections that are open already, so that their workers are set free',
        ...targets.map(cut),
        '# Proof: this counter rises. A capture still shows the packets: it sees them before the firewall does.',
        'nft list chain inet seawall early',
      ],
      undo: [
        ...elements('delete', targets, '').map((line) => `nft '${line}'`),
        '# or all of it: nft delete table inet seawall',
      ],
    };
  },

  /**
   * For a network: the addresses in it that don't look like part of the abuse. For a proxy's address: the proxy itself,
   * standing for everybody behind it.
   */
  reach(plan, traffic): Reach {
    const targets = blockable(plan.targets);
    const reach = reachOfTargets(traffic, targets);
    const proxies = proxiesAmong(traffic, targets);
    const bystanders = [...proxies, ...reach.bystanders.filter((address) => !proxies.includes(address))];
    return {
      ...reach,
      bystanders: bystanders.slice(0, 20),
      bystanderCount: reach.bystanderCount + proxies.filter((address) => !reach.bystanders.includes(address)).length,
    };
  },
};

function proxiesAmong(traffic: Traffic, targets: readonly Target[]): string[] {
  const known = new Set([...traffic.proxies, ...traffic.hiddenBehind].map((proxy) => proxy.address));
  return targets.filter((target) => known.has(target.text)).map((target) => target.text);
}

// Block addresses and networks in the firewall: a table of our own, sets whose elements expire, before connection tracking.
import type { Preview, Reach, Remedy } from '../model/remedy.ts';
import type { Traffic } from '../model/traffic.ts';
import { distinctTargets, reachOfTargets } from './reach.ts';
import { parseTarget, type Target, unfitForBlock } from './safe.ts';
import { duration, namely, writeFile } from './shell.ts';

const HOUR = 3600;
/** The longest block: addresses change hands. */
const MONTH = 30 * 86_400;
/** Of addresses on one line, so that a person can still read it. */
const PER_LINE = 8;

/**
 * The ruleset of nft(8). Hook prerouting at priority -300 ("raw") comes before connection tracking (-200), so a blocked packet costs
 * next to nothing. `add` is harmless when the thing is there; the chain is flushed so that its two rules don't come twice.
 */
const RULESET = [
  'add table inet seawall',
  'add set inet seawall blocked4 { type ipv4_addr; flags interval, timeout; }',
  'add set inet seawall blocked6 { type ipv6_addr; flags interval, timeout; }',
  'add chain inet seawall early { type filter hook prerouting priority -300; policy accept; }',
  'flush chain inet seawall early',
  'add rule inet seawall early ip saddr @blocked4 counter drop',
  'add rule inet seawall early ip6 saddr @blocked6 counter drop',
];

function elements(verb: 'add' | 'delete', targets: readonly Target[], timeout: string): string[] {
  const lines: string[] = [];
  for (const family of [4, 6] as const) {
    const some = targets.filter((target) => target.family === family);
    for (let i = 0; i < some.length; i += PER_LINE) {
      const listed = some.slice(i, i + PER_LINE).map((target) => `${target.text}${timeout}`);
      lines.push(`${verb} element inet seawall blocked${family} { ${listed.join(', ')} }`);
    }
  }
  return lines;
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
    // Blocks expire: a plan without a usable time gets an hour.
    const seconds = Number.isFinite(plan.forSeconds) && plan.forSeconds >= 1 ? Math.min(MONTH, plan.forSeconds) : HOUR;
    const names = targets.map((target) => target.text);
    return {
      title: `Drop what comes from ${namely(names)} in the firewall for ${duration(seconds)}`,
      commands: [
        ...omitted,
        '# Not your own address, nor that of a proxy in front of the site? You come from:',
        'echo "$SSH_CONNECTION"',
        ...writeFile('/run/seawall-block.nft', [
          ...RULESET,
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

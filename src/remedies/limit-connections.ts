// Limit how many connections one address may hold open: against clients that open them and then send nothing.
import type { Preview, Remedy } from '../model/remedy.ts';
import { writeFile } from './shell.ts';

/** A browser opens about ten at once, and several people may share an address. */
const FEWEST = 15;

export const limitConnections: Remedy<'limit-connections'> = {
  kind: 'limit-connections',

  preview(plan): Preview {
    const asked = Number.isFinite(plan.perAddress) ? Math.round(plan.perAddress) : 30;
    const limit = Math.min(10_000, Math.max(FEWEST, asked));
    const rule = (family: 4 | 6) =>
      `add rule inet seawall door tcp dport { 80, 443 } ct state new add @counted${family} { ${family === 4 ? 'ip' : 'ip6'} saddr ct count over ${limit} } counter reject with tcp reset`;
    return {
      title: `Refuse more than ${limit} connections at once from one address`,
      commands: [
        ...(asked < FEWEST
          ? [`# ${limit}, not fewer: a browser opens ten at once, and visitors must not be hit.`]
          : []),
        '# Not behind a proxy: all visitors would share its address. There, use limit_conn of nginx with the forwarded address.',
        ...writeFile('/run/seawall-door.nft', [
          'add table inet seawall',
          'add set inet seawall counted4 { type ipv4_addr; flags dynamic; size 65535; }',
          'add set inet seawall counted6 { type ipv6_addr; flags dynamic; size 65535; }',
          'add chain inet seawall door { type filter hook input priority -10; policy accept; }',
          'flush chain inet seawall door',
          rule(4),
          rule(6),
        ]),
        'nft -c -f /run/seawall-door.nft && nft -f /run/seawall-door.nft',
        '# Proof: who holds most, and the counters of the refused',
        "ss -Htn state established '( sport = :80 or sport = :443 )' | awk '{sub(/:[0-9]+$/, \"\", $4); print $4}' | sort | uniq -c | sort -rn | head",
        'nft list chain inet seawall door',
      ],
      undo: [
        "nft 'delete chain inet seawall door; delete set inet seawall counted4; delete set inet seawall counted6'",
      ],
    };
  },

  /** An access log does not tell how many connections an address held at once. */
  reach: () => undefined,
};

// The rules in the kernel's own firewall: one table of ours, two sets whose elements expire. The preview shows the same lines.

/** With counters of their own for each element, where nft (0.9.5) and the kernel (5.7) have them. */
const set = (family: 4 | 6, counted: boolean): string =>
  `add set inet seawall blocked${family} { type ipv${family}_addr; flags interval, timeout;${counted ? ' counter;' : ''} }`;

/**
 * Hook prerouting at priority -300 ("raw") comes before connection tracking (-200), so a blocked packet costs next to nothing.
 * What the host itself still sends there is answered with a reset, so that open connections end and nothing waits for a reply.
 * That reset comes by way of `lo`, which is let pass. `add` is harmless when the thing is there; the chains are flushed so that
 * their rules don't come twice. (nft(8))
 */
export function ruleset(counted = true): readonly string[] {
  return [
    'add table inet seawall',
    set(4, counted),
    set(6, counted),
    'add chain inet seawall early { type filter hook prerouting priority -300; policy accept; }',
    'flush chain inet seawall early',
    'add rule inet seawall early iifname "lo" accept',
    'add rule inet seawall early ip saddr @blocked4 counter drop',
    'add rule inet seawall early ip6 saddr @blocked6 counter drop',
    'add chain inet seawall late { type filter hook output priority -300; policy accept; }',
    'flush chain inet seawall late',
    'add rule inet seawall late ip daddr @blocked4 meta l4proto tcp counter reject with tcp reset',
    'add rule inet seawall late ip6 daddr @blocked6 meta l4proto tcp counter reject with tcp reset',
  ];
}

/** Of elements on one line, so that a person can still read it. */
const PER_LINE = 8;

/** One element for each text, which must be of our own making: an address, a network or a range. */
export function elementLines(verb: 'add' | 'delete', family: 4 | 6, texts: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < texts.length; i += PER_LINE) {
    lines.push(`${verb} element inet seawall blocked${family} { ${texts.slice(i, i + PER_LINE).join(', ')} }`);
  }
  return lines;
}

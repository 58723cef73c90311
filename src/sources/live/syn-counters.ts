// What the network stack of this host itself counted of SYN floods: in a container the kernel's log tells of the whole machine.
import type { Sight } from './sight.ts';

/** Counters of /proc/net/netstat that rise with the message "Possible SYN flooding" (linux/net/ipv4/tcp_input.c, tcp_syn_flood_action). */
const COUNTERS: ReadonlySet<string> = new Set(['SyncookiesSent', 'TCPReqQFullDoCookies', 'TCPReqQFullDrop']);

/** Of this network namespace since it was made; `undefined` where the kernel doesn't tell. */
export function synFloodCount(sight: Sight): number | undefined {
  const lines = (sight.text('/proc/self/net/netstat') ?? '').split('\n').filter((line) => line.startsWith('TcpExt:'));
  const [names = [], values = []] = lines.map((line) => line.split(' ').slice(1));
  const counted = names.flatMap((name, i) => (COUNTERS.has(name) ? [Number(values[i])] : []));
  return counted.length > 0 && counted.every(Number.isFinite) ? counted.reduce((sum, one) => sum + one) : undefined;
}

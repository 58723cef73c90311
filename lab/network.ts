// The lab's network: every party behind one router, the street, as servers and strangers are on the internet. No way leads out.
import { NETWORKS, type Party, SERVER, THIRD } from './addresses.ts';
import { mustRun } from './inside.ts';
import type { LabState } from './state.ts';

const BEHIND_STREET = ['attackers', 'visitors', 'third'] as const;

/** Wires the parties of a lab up; their processes must be there. */
export async function connect(state: LabState): Promise<void> {
  await Promise.all([
    setSysctls(state, 'street', ['ipv4/ip_forward', 'ipv6/conf/all/forwarding']),
    // Else a program can't take an IPv6 address out of a whole network that is its own (ip-sysctl).
    ...BEHIND_STREET.map((party) => setSysctls(state, party, ['ipv6/ip_nonlocal_bind'])),
  ]);
  await ip(state, 'street', streetLines(state));
  await Promise.all([
    ip(state, 'server', serverLines()),
    ...BEHIND_STREET.map((party, i) => ip(state, party, strangerLines(party, i))),
  ]);
}

function streetLines(state: LabState): string[] {
  const lines = ['link set lo up', cable(state, 'server'), `addr add ${SERVER.gateway4}/25 dev server`];
  lines.push(`addr add ${SERVER.gateway6}/64 dev server nodad`, 'link set server up');
  BEHIND_STREET.forEach((party, i) => {
    lines.push(cable(state, party), `addr add 169.254.${i}.1/30 dev ${party}`);
    lines.push(`addr add fe80::1/64 dev ${party} nodad`, `link set ${party} up`);
    for (const network of NETWORKS[party]) {
      lines.push(`route add ${network} via ${network.includes(':') ? 'fe80::2' : `169.254.${i}.2`} dev ${party}`);
    }
  });
  // A router that drops without a word (ip-route(8), blackhole).
  lines.push(`route add blackhole ${THIRD.silent}/32`);
  return lines;
}

function serverLines(): string[] {
  return [
    'link set lo up',
    `addr add ${SERVER.ipv4}/25 dev eth0`,
    `addr add ${SERVER.ipv6}/64 dev eth0 nodad`,
    'link set eth0 up',
    `route add default via ${SERVER.gateway4}`,
    `route add default via ${SERVER.gateway6}`,
  ];
}

/** Whoever lives here owns whole networks: any address of them can be bound, none needs to be added. */
function strangerLines(party: (typeof BEHIND_STREET)[number], i: number): string[] {
  return [
    'link set lo up',
    `addr add 169.254.${i}.2/30 dev eth0`,
    'addr add fe80::2/64 dev eth0 nodad',
    'link set eth0 up',
    ...NETWORKS[party].map((network) => `route add local ${network} dev lo`),
    `route add default via 169.254.${i}.1`,
    'route add default via fe80::1 dev eth0',
  ];
}

/** A cable from the street to a party: there its name is the party's, at the other end eth0. */
function cable(state: LabState, party: Party): string {
  return `link add ${party} type veth peer name eth0 netns ${state.processes[party]?.pid}`;
}

async function ip(state: LabState, party: Party, lines: readonly string[]): Promise<void> {
  // `netns PID` above means pids of the machine.
  const pids = party === 'server' ? {} : { pidsOfMachine: true };
  await mustRun(state, party, ['ip', '-batch', '-'], { stdin: `${lines.join('\n')}\n`, limited: false, ...pids });
}

async function setSysctls(state: LabState, party: Party, names: readonly string[]): Promise<void> {
  const settings = names.map((name) => `net.${name.replaceAll('/', '.')}=1`);
  await mustRun(state, party, ['sysctl', '-q', '-w', ...settings]);
}

// Where the administrators of this host sit right now: the session we run in, also through sudo, and all others that are logged in.
import { canonicalAddress } from '../../model/address.ts';
import type { HostReader } from '../../model/host.ts';
import type { Never } from './reason.ts';

/** A chain of shells, sudo, screen and the like. */
const PARENTS_MAX = 64;
const ENVIRONMENT_MAX = 1 << 20;
const UTMP_MAX = 4 << 20;
const INSTEAD = 'Log in from another address first, or let the web server refuse it.';

export async function adminSessions(host: HostReader): Promise<Never[]> {
  const own = ownSessions(host);
  const found = new Map<string, string>();
  for (const { address } of own) found.set(address, 'the address of your own SSH session');
  for (const address of loggedIn(host)) {
    if (!found.has(address)) found.set(address, 'the address of somebody who is logged in (utmp)');
  }
  for (const address of await sshPeers(host, own)) {
    if (!found.has(address)) found.set(address, 'the address of an SSH session that is open');
  }
  return [...found].map(([target, why]) => ({ target, why, instead: INSTEAD }));
}

interface OwnSession {
  readonly address: string;
  /** Of the SSH server. */
  readonly port: string;
}

/** SSH_CONNECTION (ssh(1)) of this process and all above it: sudo takes it out of ours, the shell before it still has it. */
function ownSessions(host: HostReader): OwnSession[] {
  const sessions: OwnSession[] = [];
  let pid = 'self';
  for (let i = 0; i < PARENTS_MAX; i++) {
    const environment = tried(() => host.readText(`/proc/${pid}/environ`, ENVIRONMENT_MAX)) ?? '';
    for (const text of environment.split('\0')) {
      const [, value = ''] = /^SSH_CONNECTION=(.*)$/s.exec(text) ?? [];
      const [client = '', , , port = ''] = value.split(' ');
      const address = canonicalAddress(client);
      if (address !== undefined) sessions.push({ address, port });
    }
    const status = tried(() => host.readText(`/proc/${pid}/status`)) ?? '';
    const parent = /^PPid:\s*(\d+)$/m.exec(status)?.[1];
    if (parent === undefined || parent === '0' || parent === pid) break;
    pid = parent;
  }
  return sessions;
}

/** Size of one record and where its address stands (utmp(5), as glibc lays it out). */
const UTMP =
  process.arch === 'arm64'
    ? { size: 400, type: 0, host: 76, address: 360 }
    : { size: 384, type: 0, host: 76, address: 348 };
const USER_PROCESS = 7;
const HOST_LENGTH = 256;

function loggedIn(host: HostReader): string[] {
  const bytes = tried(() => host.readBytes('/run/utmp', UTMP_MAX));
  if (!bytes) return [];
  const data = Buffer.from(bytes);
  const found: string[] = [];
  for (let at = 0; at + UTMP.size <= data.length; at += UTMP.size) {
    if (data.readInt16LE(at + UTMP.type) !== USER_PROCESS) continue;
    const text = data.toString('latin1', at + UTMP.host, at + UTMP.host + HOST_LENGTH).split('\0')[0] ?? '';
    const named = canonicalAddress(text.split(' ')[0] ?? '');
    const kept = addressIn(data.subarray(at + UTMP.address, at + UTMP.address + 16));
    for (const address of [named, kept]) if (address !== undefined) found.push(address);
  }
  return found;
}

/** IPv4 in the first four bytes, the others 0. */
function addressIn(bytes: Buffer): string | undefined {
  if (bytes.every((byte) => byte === 0)) return undefined;
  if (bytes.subarray(4).every((byte) => byte === 0)) return canonicalAddress(bytes.subarray(0, 4).join('.'));
  return canonicalAddress((bytes.toString('hex').match(/.{4}/g) ?? []).join(':'));
}

const SERVERS = /"(sshd|sshd-session|dropbear)"/;

/** Peers of open connections to an SSH server, but those that haven't logged in: else whoever knocks there could not be blocked. */
async function sshPeers(host: HostReader, own: readonly OwnSession[]): Promise<string[]> {
  const ports = new Set(['22', ...own.map(({ port }) => port), ...configuredPorts(host)]);
  const listeners = await host.run(['ss', '-H', '-l', '-t', '-n', '-p']);
  for (const line of listeners.stdout.split('\n')) {
    if (SERVERS.test(line)) ports.add(portOf(line.trim().split(/\s+/)[3] ?? ''));
  }
  const wanted = [...ports].filter((port) => /^\d{1,5}$/.test(port)).slice(0, 20);
  const filter = wanted.flatMap((port, i) => [...(i > 0 ? ['or'] : []), 'sport', '=', `:${port}`]);
  const open = await host.run(['ss', '-H', '-t', '-n', '-p', 'state', 'established', '(', ...filter, ')'], {
    outputMax: 8 << 20,
  });
  return open.stdout.split('\n').flatMap((line) => {
    // With a state given, ss prints no column for it.
    const [, , , peer = ''] = line.trim().split(/\s+/);
    const address = canonicalAddress(withoutPort(peer));
    return address !== undefined && isLoggedIn(host, line) ? [address] : [];
  });
}

function configuredPorts(host: HostReader): string[] {
  const text = tried(() => host.readText('/etc/ssh/sshd_config')) ?? '';
  return [...text.matchAll(/^[ \t]*Port[ \t]+(\d{1,5})/gim)].map(([, port = '']) => port);
}

/**
 * sshd names the user and the terminal in its title once somebody is logged in: "sshd: root@pts/0", "sshd-session: www@notty".
 * Before, it is "sshd: [accepted]", "sshd: root [priv]", "sshd: unknown [net]". Of other servers nothing is known: logged in.
 */
function isLoggedIn(host: HostReader, line: string): boolean {
  const pids = [...line.matchAll(/\("sshd(?:-session|-auth)?",pid=(\d+)/g)].map(([, pid]) => pid);
  if (pids.length === 0) return true;
  const titles = pids.map((pid) => tried(() => host.readText(`/proc/${pid}/cmdline`, 400)));
  return titles.some((title) => title === undefined || /^sshd(?:-session)?: \S+@/.test(title));
}

function portOf(end: string): string {
  return end.slice(end.lastIndexOf(':') + 1);
}

/** "203.0.113.7:22", "[2001:db8::1]:22", "[::ffff:203.0.113.7]:22", "fe80::1%eth0:22" */
function withoutPort(end: string): string {
  return end.slice(0, Math.max(0, end.lastIndexOf(':')));
}

/** What another user's process keeps from us is not known; root sees it all. */
function tried<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

// The ports of the services that a web host has, by the names that tcpdump, ss and netstat print for them (/etc/services).

const SERVICE_PORTS: ReadonlyMap<string, number> = new Map([
  ['ftp', 21],
  ['ssh', 22],
  ['smtp', 25],
  ['domain', 53],
  ['http', 80],
  ['www', 80],
  ['pop3', 110],
  ['ntp', 123],
  ['imap2', 143],
  ['imap', 143],
  ['https', 443],
  ['submissions', 465],
  ['urd', 465],
  ['submission', 587],
  ['imaps', 993],
  ['pop3s', 995],
  ['mysql', 3306],
  ['postgresql', 5432],
  ['http-alt', 8080],
  ['webcache', 8080],
  ['pcsync-https', 8443],
]);

/** Ports where a web server is asked. */
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);

/** A port as printed, number or name; `undefined` when it is neither, and for `*`. */
export function portOf(text: string): number | undefined {
  if (/^\d{1,5}$/.test(text)) {
    const port = Number(text);
    return port <= 65_535 ? port : undefined;
  }
  return SERVICE_PORTS.get(text);
}

export function isWebPort(port: number): boolean {
  return WEB_PORTS.has(port);
}

/** Which of the two ports of a connection is the service's: a web port, else a known one, else the lower. */
export function serviceSide(sourcePort: number, targetPort: number): 'source' | 'target' {
  const source = rank(sourcePort);
  const target = rank(targetPort);
  if (source !== target) return source < target ? 'source' : 'target';
  return sourcePort < targetPort ? 'source' : 'target';
}

function rank(port: number): number {
  if (WEB_PORTS.has(port)) return 0;
  if (port > 0 && port < 1024) return 1;
  return port === 3306 || port === 5432 ? 2 : 3;
}

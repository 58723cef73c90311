// SYN cookies: the kernel answers half-open connections without keeping them (tcp(7), kernel document ip-sysctl).
import type { Preview, Remedy } from '../model/remedy.ts';
import { writeFile } from './shell.ts';

const BEFORE = '/root/sysctl-before-seawall.conf';
const NAMES = 'net.ipv4.tcp_syncookies net.ipv4.tcp_max_syn_backlog net.core.somaxconn';

export const enableSynCookies: Remedy<'enable-syn-cookies'> = {
  kind: 'enable-syn-cookies',

  preview(): Preview {
    return {
      title: 'Switch SYN cookies on and lengthen the queue of half-open connections',
      commands: [
        `sysctl ${NAMES} | tee ${BEFORE}`,
        ...writeFile('/etc/sysctl.d/90-seawall.conf', [
          'net.ipv4.tcp_syncookies = 1',
          'net.ipv4.tcp_max_syn_backlog = 4096',
          'net.core.somaxconn = 4096',
        ]),
        'sysctl -p /etc/sysctl.d/90-seawall.conf',
        '# The longer queue of a listening socket takes effect when the web server restarts.',
        '# Proof: cookies are sent, and visitors get in',
        'nstat -az TcpExtSyncookiesSent TcpExtSyncookiesRecv TcpExtListenDrops',
      ],
      undo: [`rm /etc/sysctl.d/90-seawall.conf; sysctl -p ${BEFORE}`],
    };
  },

  reach: () => undefined,
};

// Deny addresses that come through a proxy: in the web server, by the forwarded address, since the firewall sees the proxy only.
import type { Preview, Reach, Remedy } from '../model/remedy.ts';
import { apacheForwarded, FORWARDED_NAME, nginxForwarded } from './forwarded-lines.ts';
import { distinctTargets, reachOfTargets } from './reach.ts';
import { unfitForBlock } from './safe.ts';
import { apacheFile, apacheUndo, forApache, forNginx, namely, writeFile } from './shell.ts';

export function deniable(texts: readonly string[]) {
  return distinctTargets(texts).filter((target) => unfitForBlock(target) === undefined);
}

export const denyForwarded: Remedy<'deny-forwarded'> = {
  kind: 'deny-forwarded',

  preview(plan, host): Preview {
    const names = deniable(plan.targets).map((target) => target.text);
    if (names.length === 0) {
      return {
        title: 'Deny nothing: no forwarded address given that may be denied',
        commands: [
          '# Log the forwarded address first (Apache: %a with mod_remoteip; nginx: $remote_addr with real_ip), then look again.',
        ],
        undo: [],
      };
    }
    const nginx = nginxForwarded(names);
    return {
      title: `Answer 403 to ${namely(names)}, known by the address that the proxy forwards`,
      commands: [
        '# The proxy must be trusted first, and nobody else: else the web server sees the address of the proxy, and these lines match nothing.',
        ...forApache(host, [
          '# Apache: RemoteIPHeader X-Forwarded-For + RemoteIPTrustedProxy (a2enmod remoteip)',
          ...apacheFile(FORWARDED_NAME, apacheForwarded(names)),
        ]),
        ...forNginx(host, [
          '# nginx: set_real_ip_from + real_ip_header',
          ...writeFile(`/etc/nginx/conf.d/${FORWARDED_NAME}.conf`, nginx.http),
          '# This line goes first into the server { } of each site',
          `#   ${nginx.server}`,
          'nginx -t && systemctl reload nginx',
        ]),
        '# Proof: the access log shows 403 for these addresses. Better still, where the proxy has a firewall: block them there.',
      ],
      undo: [
        ...forApache(host, apacheUndo(FORWARDED_NAME)),
        ...forNginx(host, [
          `# nginx: take the line that ends with "# ${FORWARDED_NAME}" out of each server { } first`,
          `rm -f /etc/nginx/conf.d/${FORWARDED_NAME}.conf; nginx -t && systemctl reload nginx`,
        ]),
      ],
    };
  },

  reach(plan, traffic): Reach {
    return reachOfTargets(traffic, deniable(plan.targets));
  },
};

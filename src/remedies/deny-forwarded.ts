// Deny addresses that come through a proxy: in the web server, by the forwarded address, since the firewall sees the proxy only.
import type { Preview, Reach, Remedy } from '../model/remedy.ts';
import { distinctTargets, reachOfTargets } from './reach.ts';
import { unfitForBlock } from './safe.ts';
import { apacheFile, apacheUndo, forApache, forNginx, namely, nginxFile, nginxUndo } from './shell.ts';

const NAME = 'seawall-deny-forwarded';

function blockable(texts: readonly string[]) {
  return distinctTargets(texts).filter((target) => unfitForBlock(target) === undefined);
}

export const denyForwarded: Remedy<'deny-forwarded'> = {
  kind: 'deny-forwarded',

  preview(plan, host): Preview {
    const names = blockable(plan.targets).map((target) => target.text);
    if (names.length === 0) {
      return {
        title: 'Deny nothing: no forwarded address given that may be denied',
        commands: [
          '# Log the forwarded address first (Apache: %a with mod_remoteip; nginx: $remote_addr with real_ip), then look again.',
        ],
        undo: [],
      };
    }
    // An <If> section (mod_authz_core, ap_expr) leaves all other access rules as they are when it does not hold.
    const condition = names.map((name) => `%{REMOTE_ADDR} -ipmatch '${name}'`);
    return {
      title: `Answer 403 to ${namely(names)}, known by the address that the proxy forwards`,
      commands: [
        '# The proxy must be trusted first, and nobody else: else the web server sees the address of the proxy, and these lines match nothing.',
        ...forApache(host, [
          '# Apache: RemoteIPHeader X-Forwarded-For + RemoteIPTrustedProxy (a2enmod remoteip)',
          ...apacheFile(NAME, [`<If "${condition.join(' || ')}">`, '  Require all denied', '</If>']),
        ]),
        ...forNginx(host, [
          '# nginx: set_real_ip_from + real_ip_header',
          ...nginxFile(
            NAME,
            names.map((name) => `deny ${name};`),
          ),
        ]),
        '# Proof: the access log shows 403 for these addresses. Better still, where the proxy has a firewall: block them there.',
      ],
      undo: [...forApache(host, apacheUndo(NAME)), ...forNginx(host, nginxUndo(NAME))],
    };
  },

  reach(plan, traffic): Reach {
    return reachOfTargets(traffic, blockable(plan.targets));
  },
};

// The application: switch a broken plugin or theme off, don't wait for others, and lock intruders out.

import { canonicalAddress } from '../model/address.ts';
import type { Preview, Remedy } from '../model/remedy.ts';
import { safeComponent, safeHost } from './safe.ts';

/** wp-cli, as the user who owns the files: it refuses root, and code of a site must not run as root. */
const WP = 'sudo -u www-data wp --path=/var/www/html';

export const disableComponent: Remedy<'disable-component'> = {
  kind: 'disable-component',

  preview(plan): Preview {
    const component = safeComponent(plan.component);
    if (component === undefined) {
      return {
        title: 'Switch the failing part of the site off, by hand',
        commands: [
          '# It is no plugin or theme with a plain name. What changed last?',
          'find /var/www -xdev -name "*.php" -mtime -3 -printf "%TY-%Tm-%Td %TH:%TM %p\\n" | sort | tail -n 30',
          'grep -hE " (install|upgrade) " /var/log/dpkg.log | tail -n 20',
          '# Put back the version before, from the backup.',
        ],
        undo: [],
      };
    }
    const { type, slug } = component;
    const folder = `/var/www/html/wp-content/${type}s/${slug}`;
    if (type === 'theme') {
      return {
        title: `Switch from the theme ${slug} to one that works`,
        commands: [
          '# The path of the site and the user of its files as they are on this host',
          `${WP} --skip-plugins --skip-themes theme list`,
          `${WP} --skip-plugins --skip-themes theme activate ANOTHER`,
        ],
        undo: [`${WP} --skip-plugins --skip-themes theme activate ${slug}`],
      };
    }
    return {
      title: `Switch the plugin ${slug} off`,
      commands: [
        '# The path of the site and the user of its files as they are on this host',
        `${WP} --skip-plugins --skip-themes plugin deactivate ${slug}`,
        '# Without wp-cli: WordPress goes without a plugin whose folder is gone',
        `mv ${folder} ${folder}.off`,
      ],
      undo: [
        `test -d ${folder} || mv ${folder}.off ${folder}`,
        `${WP} --skip-plugins --skip-themes plugin activate ${slug}`,
      ],
    };
  },

  reach: () => undefined,
};

export const limitBackendWait: Remedy<'limit-backend-wait'> = {
  kind: 'limit-backend-wait',

  preview(plan): Preview {
    const peer = canonicalAddress(plan.peer) ?? safeHost(plan.peer);
    return {
      title: `Don't let PHP wait for ${peer ?? 'the other side'}: fail at once and serve the page`,
      commands: [
        '# Who is waited for?',
        "ss -Htnp state syn-sent; ss -Htnp state established '( dport = :80 or dport = :443 )'",
        ...(peer === undefined
          ? []
          : [
              `curl -s -o /dev/null -m 10 -w '%{http_code} %{time_total} s\\n' https://${peer.includes(':') ? `[${peer}]` : peer}/`,
            ]),
        '# WordPress: no calls to others for the time being, in wp-config.php above "stop editing"',
        "#   define('WP_HTTP_BLOCK_EXTERNAL', true);",
        "#   define('WP_ACCESSIBLE_HOSTS', '*.wordpress.org');",
        '# PHP: a shorter wait for streams, and an end for requests that hang (in the pool of PHP-FPM)',
        '#   php_admin_value[default_socket_timeout] = 5',
        '#   request_terminate_timeout = 30s',
        '# The other side is slow, not hostile: switch the plugin that calls it off, or tell its owner.',
      ],
      undo: ['# Take the lines out again; php-fpm8.2 -t && systemctl reload php8.2-fpm'],
    };
  },

  reach: () => undefined,
};

export const changePasswords: Remedy<'change-passwords'> = {
  kind: 'change-passwords',

  preview(): Preview {
    return {
      title: 'Lock an intruder out: end all sessions, new passwords, and look at what was changed',
      commands: [
        '# Keep the evidence first: the logs here; a snapshot of the whole machine is better',
        'tar czf /root/evidence-$(date +%Y%m%d%H%M).tar.gz /var/log/apache2 /var/log/nginx 2>/dev/null',
        '# The path of the site and the user of its files as they are on this host. Who is an administrator, since when?',
        `${WP} --skip-plugins --skip-themes user list --role=administrator --fields=ID,user_login,user_email,user_registered`,
        `${WP} --skip-plugins --skip-themes user list --field=ID | xargs -n1 ${WP} --skip-plugins --skip-themes user session destroy --all`,
        `${WP} --skip-plugins --skip-themes config shuffle-salts`,
        '# ID: each administrator; it asks for the new password. Application passwords go as well.',
        `${WP} --skip-plugins --skip-themes user update ID --prompt=user_pass`,
        `${WP} --skip-plugins --skip-themes user application-password delete ID --all`,
        '# Was anything changed?',
        `${WP} --skip-plugins --skip-themes core verify-checksums; ${WP} --skip-plugins --skip-themes plugin verify-checksums --all`,
        'find /var/www -xdev -name "*.php" -mtime -7 -printf "%TY-%Tm-%Td %TH:%TM %p\\n" | sort',
        'find /var/www -xdev -path "*/uploads/*" -name "*.php"',
        '# If files were changed: restore from a backup of before, then change the passwords again, that of the database too.',
      ],
      undo: [],
    };
  },

  reach: () => undefined,
};

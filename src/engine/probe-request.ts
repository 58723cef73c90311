// Whether a request looks for a hole: things that no visitor asks for, and that attackers ask every server for.

const PATHS = new RegExp(
  [
    String.raw`/\.(?:env|git|svn|hg|aws|ssh|vscode|idea|DS_Store|htpasswd|docker|npmrc|bash_history)`,
    String.raw`/wp-config\.php.|/wp-config\.(?:bak|old|txt|save)|/configuration\.php[.~]`,
    String.raw`/(?:phpmyadmin|pma|myadmin|adminer|dbadmin|mysqladmin|sqlmanager)\b`,
    String.raw`/vendor/phpunit|eval-stdin\.php|/_ignition/|/telescope/|/actuator\b|/solr/|/jenkins\b|/manager/html|/cgi-bin/|/boaform/|/HNAP1|/GponForm|/owa/|/ecp/|/autodiscover/|/remote/(?:login|fgt)`,
    String.raw`/(?:phpinfo|info|test|shell|cmd|c99|r57|wso|alfa|up|upload|1|x|adminfuns|fm|file-manager)\.php$`,
    String.raw`/wp-content/plugins/[^/]+/readme\.txt|/wp-admin/(?:install|setup-config)\.php|timthumb\.php|wlwmanifest\.xml|revslider`,
    String.raw`\.(?:sql|bak|old|swp|orig|save|tar\.gz|tgz|rar|7z)(?:\.gz|\.zip)?$|/(?:backup|dump|database|db|www|site|htdocs)\.(?:zip|gz|tar)`,
  ].join('|'),
  'i',
);

/** Tricks that work in a path as in a query. */
const TRICKS =
  /\.\.\/|%2e%2e|\/etc\/passwd|\/proc\/self|\bunion(?:\+|%20|\s)+(?:all(?:\+|%20|\s)+)?select\b|<script|%3Cscript|\$\{jndi:|php:\/\/|data:\/\/|base64_decode/i;

/** Looks for the names of users. */
const AUTHOR = /^author=\d/i;

/** Kinds of file that attackers hope to find; a miss is a probe, a hit is not. */
const EXECUTABLE = /\.(?:php\d?|phtml|aspx?|jspx?|cgi|pl|cfm|do|action|exe)$/i;
const OWN = /\/(?:xmlrpc|wp-login|wp-cron|admin-ajax)\.php$/;

/** Characters that are looked at. */
const LOOKED_AT = 500;

/** Whatever the reply. `path` is without query. */
export function isPathProbe(path: string): boolean {
  const looked = path.slice(0, LOOKED_AT);
  return PATHS.test(looked) || TRICKS.test(looked);
}

/** Whatever the reply. `query` is without its question mark. */
export function isQueryProbe(query: string): boolean {
  const looked = query.slice(0, LOOKED_AT);
  return AUTHOR.test(looked) || TRICKS.test(looked);
}

/** When it is not there (404) or forbidden (403). */
export function isProbeWhenMissing(path: string): boolean {
  return EXECUTABLE.test(path) && !OWN.test(path);
}

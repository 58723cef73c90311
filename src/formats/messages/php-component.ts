// Which extension of the site (plugin, theme, module) a path of PHP code belongs to.
import { clip } from './rules.ts';

const NAME = '([A-Za-z0-9][\\w.-]{0,79})';
const KNOWN: readonly (readonly [string, RegExp])[] = [
  ['plugin', new RegExp(`/wp-content/plugins/${NAME}`)],
  ['mu-plugin', new RegExp(`/mu-plugins/${NAME}`)],
  ['theme', new RegExp(`/wp-content/themes/${NAME}`)],
  // Drupal keeps what is not its own under contrib, custom or sites/all; Joomla names its parts com_, mod_, plg groups; Magento by vendor.
  [
    'module',
    new RegExp(
      `/(?:modules/(?:contrib|custom)|sites/(?:all|default)/modules|app/code/(?:local|community)?/?[A-Za-z0-9]{1,40})/${NAME}`,
    ),
  ],
  ['module', /\/vendor\/magento\/(module-[a-z0-9-]{1,60})/],
  ['theme', new RegExp(`/(?:themes/(?:contrib|custom)|sites/(?:all|default)/themes)/${NAME}`)],
  ['component', /\/components\/(com_[a-z0-9_]{1,60})/],
  ['module', /\/modules\/(mod_[a-z0-9_]{1,60})/],
  ['plugin', /\/plugins\/(?:system|content|user|authentication|editors|search|task|ajax)\/([a-z0-9_]{1,60})\//],
];

/** "plugin akismet", "theme astra"; `undefined` when the path lies in the core or in code of the site's own. */
export function componentOf(path: string): string | undefined {
  const text = clip(path, 1024);
  for (const [kind, pattern] of KNOWN) {
    const name = pattern.exec(text)?.[1];
    if (name !== undefined) return `${kind} ${name.replace(/\.php$/, '')}`;
  }
  return undefined;
}

// "#0 /var/www/html/wp-content/plugins/x/x.php(12): f()", "PHP   3. f() /var/www/...:12" (Xdebug).
const FRAME = /^(?:#\d{1,4} |PHP {1,5}\d{1,4}\. )/;

/** The first frame of a stack trace (the innermost) that belongs to an extension. */
export function componentOfTrace(text: string): string | undefined {
  let frames = 0;
  for (const line of text.split(/\n|\\n/, 400)) {
    if (!FRAME.test(line)) continue;
    const component = componentOf(line);
    if (component !== undefined) return component;
    if (++frames > 100) return undefined;
  }
  return undefined;
}

const CALLER = /(?:^|[/'])(plugins|themes|mu-plugins)\/([A-Za-z0-9][\w.-]{0,79})/g;

/**
 * From WordPress's list of callers ("made by require('wp-blog-header.php'), ..., include('/plugins/x/y.php'), X->f"), outermost first
 * (wp_debug_backtrace_summary): the last one that is a plugin's or theme's is the nearest to the query.
 */
export function componentOfCallers(callers: string): string | undefined {
  let component: string | undefined;
  for (const match of clip(callers, 8192).matchAll(CALLER)) {
    component = `${(match[1] ?? '').slice(0, -1)} ${(match[2] ?? '').replace(/\.php$/, '')}`;
  }
  return component;
}

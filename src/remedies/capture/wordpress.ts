// A WordPress site on disk: whether it is one, of which version, and where its must-use plugins lie.
import type { HostReader } from '../../model/host.ts';

export interface WordpressSite {
  readonly root: string;
  readonly version?: string;
  /** Whether or not it exists. Absent when its place is computed in a way that can't be read without running PHP. */
  readonly muPlugins?: string;
  /** The folder above it, which exists. */
  readonly content?: string;
}

const CONFIG_MAX = 262_144;

/** `undefined` when there is no WordPress in this folder. */
export function wordpressAt(root: string, host: HostReader): WordpressSite | undefined {
  const version = host.readText(`${root}/wp-includes/version.php`, 65_536);
  if (version === undefined || host.readBytes(`${root}/wp-load.php`, 1) === undefined) return undefined;
  const number = /\$wp_version\s*=\s*'([\d.]{1,12}[\w.-]{0,20})'/.exec(version)?.[1];
  const content = contentFolder(root, host);
  return { root, ...(number !== undefined && { version: number }), ...content };
}

/** As wp-settings.php finds it: WPMU_PLUGIN_DIR, else mu-plugins in WP_CONTENT_DIR, else in wp-content. */
function contentFolder(root: string, host: HostReader): Pick<WordpressSite, 'muPlugins' | 'content'> {
  const texts = configTexts(root, host);
  const own = constant('WPMU_PLUGIN_DIR', texts, root);
  if (own === 'unreadable') return {};
  if (own !== undefined) return { muPlugins: own, content: parentOf(own) };
  const content = constant('WP_CONTENT_DIR', texts, root) ?? `${root}/wp-content`;
  if (content === 'unreadable' || host.list(content) === undefined) return {};
  return { muPlugins: `${content}/mu-plugins`, content };
}

interface ConfigText {
  readonly folder: string;
  readonly text: string;
}

/** wp-config.php, in the root or above it, and what Debian's reads instead. */
function configTexts(root: string, host: HostReader): ConfigText[] {
  const folders = [root, parentOf(root)];
  const debian = (host.list('/etc/wordpress') ?? []).filter((name) => /^config-.*\.php$/.test(name)).slice(0, 50);
  const paths = folders.map((folder) => `${folder}/wp-config.php`);
  const [main] = paths.flatMap((path) => {
    const text = host.readText(path, CONFIG_MAX);
    return text === undefined ? [] : [{ folder: parentOf(path), text }];
  });
  if (!main) return [];
  // Each host name may have its own there; they count as far as they agree.
  if (!/\/etc\/wordpress/.test(main.text)) return [main];
  const more = debian.flatMap((name) => host.readText(`/etc/wordpress/${name}`, CONFIG_MAX) ?? []);
  return [main, ...more.map((text) => ({ folder: '/etc/wordpress', text }))];
}

/** The value of a constant that is defined by a text, or by a text behind a folder that is known. */
function constant(name: string, texts: readonly ConfigText[], root: string): string | 'unreadable' | undefined {
  const found = new Set<string>();
  for (const { folder, text } of texts) {
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*(?:#|\/\/).*$/gm, '');
    const pattern = new RegExp(`define\\s*\\(\\s*['"]${name}['"]\\s*,\\s*([^;]{1,300}?)\\)\\s*;`, 'g');
    for (const [, value = ''] of code.matchAll(pattern)) found.add(pathOf(value.trim(), folder, root) ?? 'unreadable');
  }
  return found.size > 1 ? 'unreadable' : [...found][0];
}

function pathOf(expression: string, folder: string, root: string): string | undefined {
  const [, base, path] =
    /^(?:(__DIR__|dirname\s*\(\s*__FILE__\s*\)|ABSPATH)\s*\.\s*)?(?:'([^'$\\]*)'|"[^"$\\]*")$/.exec(expression) ?? [];
  const text = path ?? /"([^"$\\]*)"$/.exec(expression)?.[1];
  if (text === undefined) return undefined;
  const whole = base === undefined ? text : base === 'ABSPATH' ? `${root}/${text}` : `${folder}/${text}`;
  const tidy = whole.replace(/\/+/g, '/').replace(/\/$/, '');
  return tidy.startsWith('/') && !/\/\.\.?(?:\/|$)/.test(tidy) ? tidy : undefined;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

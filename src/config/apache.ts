// Apache's configuration as a tree: directives and sections with their file and line, includes followed, variables filled in, conditions decided.
import { absolute, type ConfigFiles } from './files.ts';
import { filesOf } from './glob.ts';

export interface ApacheDirective {
  /** As it is written; Apache compares names without case. */
  readonly name: string;
  readonly args: readonly string[];
  readonly file: string;
  readonly line: number;
  /** What a section holds; absent for a plain directive. */
  readonly inner?: readonly ApacheDirective[];
}

export interface ApacheScene {
  /** Of relative paths, until a ServerRoot says otherwise. */
  readonly serverRoot: string;
  /** Modules as `-M` lists them: "mpm_event_module". Without it they are those of LoadModule, and those that packages compile in. */
  readonly modules?: ReadonlySet<string>;
  /** Names given on the command line. */
  readonly defines: ReadonlySet<string>;
  /** What the server was started with: APACHE_LOG_DIR and the like. */
  readonly environment: ReadonlyMap<string, string>;
  /** "2.4.71"; where it isn't known, every condition on it holds. */
  readonly version?: string;
}

/** An Include or IncludeOptional at server level, and the pattern that it follows, absolute. */
export interface ApacheInclude {
  readonly pattern: string;
  readonly file: string;
  readonly line: number;
}

export interface ApacheTree {
  readonly directives: readonly ApacheDirective[];
  /** Those outside of any section, in the order in which Apache meets them. */
  readonly includes: readonly ApacheInclude[];
  /** Plain names: "ssl", "mpm_event". */
  readonly modules: ReadonlySet<string>;
  readonly serverRoot: string;
  /** Sections that are closed and were never opened, or the other way round. */
  readonly torn: number;
}

const DEPTH_MAX = 32;
/** Compiled in by Debian and RHEL. */
const STATIC_MODULES = ['core', 'so', 'http', 'log_config', 'logio', 'version', 'unixd', 'watchdog'];
const WORD_LINE_MAX = 65_536;

/** From the main file on; `undefined` when that can't be read. Files that are missing or not ours to read are left out (`files.unread`). */
export function readApacheTree(files: ConfigFiles, mainFile: string, scene: ApacheScene): ApacheTree | undefined {
  const includes: ApacheInclude[] = [];
  const defines = new Set(scene.defines);
  const variables = new Map(scene.environment);
  const modules = new Set([...(scene.modules ?? STATIC_MODULES)].map(moduleName));
  let { serverRoot } = scene;
  let torn = 0;

  const fill = (text: string): string =>
    text.replace(/\$\{([^}]{1,200})\}/g, (whole, name: string) => variables.get(name) ?? whole);

  function readFile(path: string, depth: number, section: boolean): ApacheDirective[] | undefined {
    const text = depth > DEPTH_MAX ? undefined : files.text(path);
    if (text === undefined) return undefined;
    const parsed = parseApache(text, path);
    torn += parsed.torn;
    return settle(parsed.lines, depth, section);
  }

  /** Follows includes and leaves out what a condition excludes, line by line as Apache does. */
  function settle(lines: readonly ApacheLine[], depth: number, section: boolean): ApacheDirective[] {
    return lines.flatMap((one) => {
      const [name = '', ...args] = words(fill(one.text));
      const { file, line } = one;
      if (one.inner !== undefined) {
        const holds = conditionHolds(name.toLowerCase(), args);
        if (holds !== undefined) return holds ? settle(one.inner, depth, section) : [];
        return [{ name, args, file, line, inner: settle(one.inner, depth, true) }];
      }
      const [first = '', second] = args;
      switch (name.toLowerCase()) {
        case 'include':
        case 'includeoptional': {
          const pattern = absolute(first, serverRoot);
          if (!section) includes.push({ pattern, file, line });
          return filesOf(files.host, pattern).flatMap((path) => readFile(path, depth + 1, section) ?? []);
        }
        case 'define':
          defines.add(first);
          if (second !== undefined) variables.set(first, second);
          break;
        case 'undefine':
          defines.delete(first);
          variables.delete(first);
          break;
        case 'loadmodule':
          modules.add(moduleName(first));
          break;
        case 'serverroot':
          if (first.startsWith('/')) serverRoot = first;
          break;
      }
      return [{ name, args, file, line }];
    });
  }

  /** Whether `<IfModule>`, `<IfDefine>` or `<IfVersion>` holds; `undefined` for a section that is no condition of these. */
  function conditionHolds(name: string, args: readonly string[]): boolean | undefined {
    const [first = ''] = args;
    const not = first.startsWith('!');
    const what = not ? first.slice(1) : first;
    if (name === 'ifmodule') return modules.has(moduleName(what)) !== not;
    if (name === 'ifdefine') return defines.has(what) !== not;
    if (name === 'ifversion') return scene.version === undefined || versionHolds(args, scene.version);
    return undefined;
  }

  const directives = readFile(mainFile, 0, false);
  return directives && { directives, includes, modules, serverRoot, torn };
}

/** The last directive of this name outside of sections: the one that counts for the whole server. */
export function lastOf(directives: readonly ApacheDirective[], name: string): ApacheDirective | undefined {
  return directives.findLast((one) => one.name.toLowerCase() === name.toLowerCase());
}

/** `mod_ssl.c`, `ssl_module`, `prefork.c` and `mpm_prefork_module` by their plain names. */
function moduleName(text: string): string {
  const base = text
    .replace(/\.c$/, '')
    .replace(/_module$/, '')
    .replace(/^mod_/, '');
  if (/^(?:prefork|worker|event)$/.test(base)) return `mpm_${base}`;
  return base === 'http_core' ? 'http' : base;
}

function versionHolds(args: readonly string[], version: string): boolean {
  const [operator, wanted] = args.length > 1 ? args : ['=', args[0]];
  const compared = compareVersions(version, wanted ?? '');
  switch (operator?.replace(/^!/, '')) {
    case '>=':
      return compared >= 0;
    case '>':
      return compared > 0;
    case '<=':
      return compared <= 0;
    case '<':
      return compared < 0;
    default:
      return (compared === 0) !== operator?.startsWith('!');
  }
}

export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A directive or section as it is written. */
interface ApacheLine {
  /** Without the brackets of a section. */
  readonly text: string;
  readonly file: string;
  readonly line: number;
  readonly inner?: readonly ApacheLine[];
}

interface Open {
  readonly text: string;
  readonly line: number;
  readonly inner: ApacheLine[];
}

/** One file, includes and conditions as they stand. Never throws: an unclosed section ends with the file. */
function parseApache(text: string, file: string): { readonly lines: readonly ApacheLine[]; readonly torn: number } {
  const top: ApacheLine[] = [];
  const open: Open[] = [];
  let torn = 0;
  const close = (): boolean => {
    const last = open.pop();
    if (last) (open.at(-1)?.inner ?? top).push({ ...last, file });
    return last !== undefined;
  };
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    let whole = lines[at] ?? '';
    // A backslash at the end of the line continues it.
    while (/\\\r?$/.test(whole) && at + 1 < lines.length) whole = whole.replace(/\\\r?$/, '') + (lines[++at] ?? '');
    const trimmed = whole.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    if (trimmed.startsWith('</')) {
      if (!close()) torn++;
      continue;
    }
    const section = /^<\s*([A-Za-z][\s\S]*?)>?$/.exec(trimmed)?.[1];
    if (section === undefined) (open.at(-1)?.inner ?? top).push({ text: trimmed, file, line });
    else if (open.length < DEPTH_MAX) open.push({ text: section, line, inner: [] });
    else torn++;
  }
  torn += open.length;
  while (close());
  return { lines: top, torn };
}

/** Words of a line, quotes and their escapes taken off (ap_getword_conf). */
export function words(text: string): string[] {
  const found: string[] = [];
  const pattern = /"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|(\S+)/g;
  for (const [, double, single, bare] of text.slice(0, WORD_LINE_MAX).matchAll(pattern))
    found.push(bare ?? (double ?? single ?? '').replace(/\\(["'\\])/g, '$1'));
  return found;
}

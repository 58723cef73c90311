// Apache's configuration as a tree: directives and sections with their file and line, includes followed, conditions decided.
import type { HostReader } from '../../../model/host.ts';
import { globbed } from './glob.ts';

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
  /** Of relative paths. */
  readonly serverRoot: string;
  /** Module identifiers as `-M` lists them: "mpm_event_module". */
  readonly modules: ReadonlySet<string>;
  /** Names given by Define or on the command line. */
  readonly defines: ReadonlySet<string>;
  /** "2.4.71" */
  readonly version: string;
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
  /** Every file that was read. */
  readonly files: readonly string[];
}

const FILES_MAX = 2000;
const DEPTH_MAX = 32;
const FILE_MAX = 4 << 20;

/** Reads the configuration from its main file on. Files that are missing or not ours to read are left out, as `files` tells. */
export function readApacheTree(host: HostReader, mainFile: string, scene: ApacheScene): ApacheTree {
  const includes: ApacheInclude[] = [];
  const files: string[] = [];
  const defines = new Set(scene.defines);

  function readFile(path: string, depth: number, section: boolean): ApacheDirective[] {
    if (depth > DEPTH_MAX || files.length >= FILES_MAX) return [];
    const text = tryRead(host, path);
    if (text === undefined) return [];
    files.push(path);
    return settle(parse(text, path), depth, section);
  }

  /** Follows includes and leaves out what a condition excludes. */
  function settle(directives: readonly ApacheDirective[], depth: number, section: boolean): ApacheDirective[] {
    return directives.flatMap((one) => {
      const name = one.name.toLowerCase();
      const [first = ''] = one.args;
      if (name === 'define') defines.add(first);
      if (name === 'undefine') defines.delete(first);
      if (name === 'include' || name === 'includeoptional') {
        const pattern = first.startsWith('/') ? first : `${scene.serverRoot}/${first}`;
        if (!section) includes.push({ pattern, file: one.file, line: one.line });
        return globbed(host, pattern).flatMap((path) => readFile(path, depth + 1, section));
      }
      if (one.inner === undefined) return [one];
      const holds = conditionHolds(name, one.args, { ...scene, defines });
      if (holds !== undefined) return holds ? settle(one.inner, depth, section) : [];
      return [{ ...one, inner: settle(one.inner, depth, true) }];
    });
  }

  return { directives: readFile(mainFile, 0, false), includes, files };
}

function tryRead(host: HostReader, path: string): string | undefined {
  try {
    return host.readText(path, FILE_MAX);
  } catch {
    return undefined;
  }
}

/** Whether `<IfModule>`, `<IfDefine>` or `<IfVersion>` holds; `undefined` for a section that is no condition of these. */
function conditionHolds(name: string, args: readonly string[], scene: ApacheScene): boolean | undefined {
  const [first = ''] = args;
  const not = first.startsWith('!');
  const what = not ? first.slice(1) : first;
  if (name === 'ifmodule') return scene.modules.has(moduleId(what)) !== not;
  if (name === 'ifdefine') return scene.defines.has(what) !== not;
  if (name === 'ifversion') return versionHolds(args, scene.version);
  return undefined;
}

/** `mod_ssl.c` is `ssl_module`, `prefork.c` is `mpm_prefork_module`. */
function moduleId(text: string): string {
  if (!text.endsWith('.c')) return text;
  const base = text.slice(0, -2).replace(/^mod_/, '');
  return /^(?:prefork|worker|event)$/.test(base) ? `mpm_${base}_module` : `${base}_module`;
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

interface Open {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly inner: ApacheDirective[];
}

/** One file, includes and conditions as they stand. Never throws: an unclosed section ends with the file. */
export function parse(text: string, file: string): readonly ApacheDirective[] {
  const top: ApacheDirective[] = [];
  const open: Open[] = [];
  const put = (one: ApacheDirective): void => void (open.at(-1)?.inner ?? top).push(one);
  const close = ({ name, args, line, inner }: Open): void => put({ name, args, file, line, inner });
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    let whole = lines[at] ?? '';
    // A backslash at the end of the line continues it.
    while (/\\\r?$/.test(whole) && at + 1 < lines.length) whole = whole.replace(/\\\r?$/, '') + (lines[++at] ?? '');
    const trimmed = whole.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    if (trimmed.startsWith('</')) {
      const last = open.pop();
      if (last) close(last);
      continue;
    }
    const section = /^<\s*([A-Za-z]\w*)\s*([\s\S]*?)>?$/.exec(trimmed);
    if (section) {
      if (open.length < DEPTH_MAX)
        open.push({ name: section[1] ?? '', args: words(section[2] ?? ''), line, inner: [] });
      continue;
    }
    const [name = '', ...args] = words(trimmed);
    put({ name, args, file, line });
  }
  for (let last = open.pop(); last; last = open.pop()) close(last);
  return top;
}

/** Words of a line, quotes and their escapes taken off (ap_getword_conf). */
export function words(text: string): string[] {
  const found: string[] = [];
  for (const [, double, single, bare] of text.matchAll(/"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|(\S+)/g)) {
    found.push(bare ?? (double ?? single ?? '').replace(/\\(["'\\])/g, '$1'));
  }
  return found;
}

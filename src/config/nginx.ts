// nginx's configuration as a tree: directives and blocks with their file and place, includes followed as nginx does.
import { absolute, type ConfigFiles } from './files.ts';
import { filesOf } from './glob.ts';

export interface NginxDirective {
  readonly name: string;
  readonly args: readonly string[];
  readonly file: string;
  readonly line: number;
  /** Of a block: what it holds. */
  readonly inner?: readonly NginxDirective[];
  /** Of a block: where its brace opens, as an offset in bytes. */
  readonly brace?: number;
}

export interface NginxTree {
  readonly directives: readonly NginxDirective[];
  /** Patterns that are followed in the context `http`, absolute, in order. */
  readonly includes: readonly string[];
  /** Blocks and directives that are not closed, and braces that close nothing. */
  readonly torn: number;
}

const DEPTH_MAX = 32;

/** From the main file on; `undefined` when that can't be read. Files that are missing or not ours to read are left out (`files.unread`). */
export function readNginxTree(files: ConfigFiles, mainFile: string): NginxTree | undefined {
  const folder = mainFile.slice(0, mainFile.lastIndexOf('/'));
  const includes: string[] = [];
  let torn = 0;

  function readFile(path: string, depth: number, context: string): readonly NginxDirective[] | undefined {
    // Offsets must be those of bytes.
    const text = depth > DEPTH_MAX ? undefined : files.bytes(path);
    if (text === undefined) return undefined;
    const parsed = parseNginx(text, path);
    torn += parsed.torn;
    return settle(parsed.directives, depth, context);
  }

  function settle(directives: readonly NginxDirective[], depth: number, context: string): readonly NginxDirective[] {
    return directives.flatMap((one) => {
      if (one.name === 'include' && one.inner === undefined) {
        const pattern = absolute(one.args[0] ?? '', folder);
        if (context === 'http') includes.push(pattern);
        return filesOf(files.host, pattern).flatMap((path) => readFile(path, depth + 1, context) ?? []);
      }
      return one.inner === undefined ? [one] : [{ ...one, inner: settle(one.inner, depth, one.name) }];
    });
  }

  const directives = readFile(mainFile, 0, '');
  return directives && { directives, includes, torn };
}

interface Token {
  readonly text: string;
  /** `word` also for a quoted one. */
  readonly kind: 'word' | '{' | '}' | ';';
  readonly at: number;
  readonly line: number;
}

/** ngx_conf_read_token: a comment begins only where a word could; a quote only at the beginning of one. */
function* tokensOf(text: string): Generator<Token> {
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const c = text[at] ?? '';
    if (c === '\n') line++;
    if (/\s/.test(c)) {
      at++;
      continue;
    }
    if (c === '#') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
      continue;
    }
    if (c === '{' || c === '}' || c === ';') {
      yield { text: c, kind: c, at, line };
      at++;
      continue;
    }
    const begin = { at, line };
    let word = '';
    if (c === '"' || c === "'") {
      at++;
      while (at < text.length && text[at] !== c) {
        if (text[at] === '\\' && at + 1 < text.length)
          word += text[at++] === '\\' && /["'\\]/.test(text[at] ?? '') ? '' : '\\';
        if (text[at] === '\n') line++;
        word += text[at++] ?? '';
      }
      at++;
    } else {
      while (at < text.length && !/[\s;]/.test(text[at] ?? '')) {
        // `${name}` is part of a word; a brace of its own opens a block.
        if (text[at] === '{' && text[at - 1] !== '$') break;
        if (text[at] === '{') {
          const end = text.indexOf('}', at);
          if (end > 0 && end - at < 100) {
            word += text.slice(at, end + 1);
            at = end + 1;
            continue;
          }
        }
        if (text[at] === '\\' && at + 1 < text.length) word += text[at++] ?? '';
        word += text[at++] ?? '';
      }
    }
    yield { text: word, kind: 'word', ...begin };
  }
}

interface Open {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly brace: number;
  readonly inner: NginxDirective[];
}

/**
 * One file, one character a byte, includes as they stand. Never throws: what isn't closed ends with the file. Lua blocks come out as
 * nonsense, and harmless.
 */
export function parseNginx(
  text: string,
  file: string,
): { readonly directives: readonly NginxDirective[]; readonly torn: number } {
  const top: NginxDirective[] = [];
  const open: Open[] = [];
  const into = (): NginxDirective[] => open.at(-1)?.inner ?? top;
  let words: Token[] = [];
  let torn = 0;
  const close = (): void => {
    const last = open.pop();
    if (last) into().push({ ...last, file });
    else torn++;
  };
  for (const token of tokensOf(text)) {
    const [name, ...args] = words;
    if (token.kind === 'word') {
      words.push(token);
      continue;
    }
    words = [];
    if (token.kind === ';' && name) into().push({ name: name.text, args: args.map(textOf), file, line: name.line });
    if (token.kind === '{') {
      if (open.length >= DEPTH_MAX) break;
      const { line } = name ?? token;
      open.push({ name: name?.text ?? '', args: args.map(textOf), line, brace: token.at, inner: [] });
    }
    if (token.kind === '}') close();
  }
  torn += open.length + (words.length > 0 ? 1 : 0);
  while (open.length > 0) close();
  return { directives: top, torn };
}

function textOf({ text }: Token): string {
  return /[\x80-\xff]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
}

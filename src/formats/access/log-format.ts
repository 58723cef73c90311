// The format that a user gives with `--log-format`: a well-known name, or a format string of Apache or nginx.
import type { AccessFormat } from '../../model/access-entry.ts';
import { apacheSpec } from './apache-spec.ts';
import { namedClf } from './clf-detect.ts';
import { joinPieces, layoutParser, type Piece } from './layout.ts';
import { nginxSpec } from './nginx-spec.ts';

/** Longer than any format string; the web servers' own limits are of this order. */
const SPEC_MAX = 8192;

/** `common`, `combined`, `vhost_combined` of Apache, `nginx` for nginx's default; read by the fast reader. */
const NAMED: Readonly<Record<string, AccessFormat>> = {
  common: namedClf('common', { prefix: 'plain', headers: false, tail: [] }, 'apache'),
  combined: namedClf('combined', { prefix: 'plain', headers: true, tail: [] }, 'apache'),
  vhost_combined: namedClf('vhost_combined', { prefix: 'vhost', headers: true, tail: [] }, 'apache'),
  nginx: namedClf('nginx', { prefix: 'plain', headers: true, tail: [] }, 'nginx'),
};

/**
 * Compiles a format for reading. A string with `%` directives is Apache's, one with `$` variables nginx's; the whole line of the
 * configuration (`LogFormat "..." name`, `log_format name '...' '...';`) may be pasted too. The error is for people: it names
 * the directive and its place, counted from 1 in the format string itself.
 */
export function compileLogFormat(spec: string): { format: AccessFormat } | { error: string } {
  const name = spec.trim();
  if (Object.hasOwn(NAMED, name)) {
    const format = NAMED[name];
    if (format) return { format };
  }
  if (spec.length > SPEC_MAX) return { error: `the log format is longer than ${SPEC_MAX} characters` };
  const text = formatString(spec);
  const nginx = /\$\{?[A-Za-z_]/.test(text);
  if (!nginx && !text.includes('%'))
    return {
      error: `"${name.slice(0, 60)}" is neither a known name (${Object.keys(NAMED).join(', ')}) nor a format string with % or $`,
    };
  const read = nginx && !/%[<>!{]?[A-Za-z{]/.test(text) ? nginxSpec(text) : mixed(text);
  if ('error' in read) return read;
  const joined = joinPieces(read.pieces);
  if ('error' in joined) return joined;
  const missing = missingPart(joined.pieces);
  if (missing) return { error: missing };
  return {
    format: {
      title: `format given: ${text.length > 80 ? `${text.slice(0, 80)}…` : text}`,
      stamp: read.stamp,
      bytes: read.bytes,
      ...(isLocal(joined.pieces) ? { localTime: true } : {}),
      parse: layoutParser(joined.pieces),
    },
  };
}

/** With both signs in it, the one that stands for more: the other is then literal text. */
function mixed(text: string): ReturnType<typeof apacheSpec> {
  const dollars = text.match(/\$\{?[A-Za-z_]/g)?.length ?? 0;
  const percents = text.match(/%[<>!,0-9]*(?:\{[^}]*\})?[A-Za-z]/g)?.length ?? 0;
  return dollars > percents ? nginxSpec(text) : apacheSpec(text);
}

/** The format string within a pasted line of the configuration, without the escapes of the configuration's quotes. */
function formatString(spec: string): string {
  const apache = /^\s*LogFormat\s+"((?:[^"\\]|\\.)*)"/i.exec(spec);
  if (apache) return unescapeSpec(apache[1] ?? '');
  const nginx = /^\s*log_format\s+\S+\s+(?:escape=\w+\s+)?(['"][\s\S]*)$/.exec(spec);
  if (nginx) {
    const strings = (nginx[1] ?? '').match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g) ?? [];
    return unescapeSpec(strings.map((part) => part.slice(1, -1)).join(''));
  }
  return unescapeSpec(spec);
}

function unescapeSpec(text: string): string {
  return text.replace(/\\(["'\\tn])/g, (_, char: string) => ({ t: '\t', n: '\n' })[char] ?? char);
}

/** Lines without a client or a request say nothing about visitors. */
function missingPart(pieces: readonly Piece[]): string | undefined {
  const has = (...fields: string[]): boolean =>
    pieces.some((piece) => piece.kind === 'field' && fields.includes(piece.field));
  if (!has('client', 'peer', 'forwarded')) return 'the format names no client (%h, %a, $remote_addr)';
  if (!has('request', 'target')) return 'the format names no request (%r, %U, $request, $request_uri)';
  return undefined;
}

/** A date without a zone: pieces of strftime, and no `%z` nor a complete moment among them. */
function isLocal(pieces: readonly Piece[]): boolean {
  const has = (...fields: string[]): boolean =>
    pieces.some((piece) => piece.kind === 'field' && fields.includes(piece.field));
  return has('hour') && !has('offset', 'clf', 'iso', 'epochS', 'epochMs', 'epochUs');
}

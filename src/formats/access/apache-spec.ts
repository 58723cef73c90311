// Apache's LogFormat strings (mod_log_config, mod_logio; LiteSpeed and lighttpd use the same), as pieces of a layout.
import type { AccessFormat } from '../../model/access-entry.ts';
import type { FieldName } from './fields.ts';
import type { Piece } from './layout.ts';
import { CLF_TIME_LENGTH } from './line-time.ts';
import { chooseFields, type Directive } from './spec-choice.ts';
import { strftimePieces } from './strftime.ts';

/** What a format string says about its lines. */
export interface LogSpec {
  readonly pieces: readonly Piece[];
  readonly stamp: AccessFormat['stamp'];
  readonly bytes: AccessFormat['bytes'];
}

type Choice = Pick<Directive, 'field' | 'group' | 'rank'>;

const choice = (field: FieldName, rank = 0, group: string = field): Choice => ({ field, group, rank });

const LETTERS: Readonly<Record<string, Choice>> = {
  a: choice('client'),
  h: choice('client', 1),
  B: choice('bytes'),
  b: choice('bytes'),
  O: choice('bytes', 1),
  I: choice('requestBytes'),
  D: choice('durationUs', 0, 'duration'),
  T: choice('durationS', 3, 'duration'),
  H: choice('protocol'),
  m: choice('method'),
  U: choice('target'),
  q: choice('query'),
  r: choice('request'),
  s: choice('status', 1),
  u: choice('user'),
  v: choice('host'),
  V: choice('host', 1),
};
const SKIPPED = 'AfklLpPRSX';
const NEED_BRACES = 'ieonCx';
const HEADERS: Readonly<Record<string, Choice>> = {
  referer: choice('referer'),
  'user-agent': choice('agent'),
  'x-forwarded-for': choice('forwarded'),
  host: choice('host', 2),
};
const TAKEN: Readonly<Record<string, Choice>> = {
  us: choice('durationUs', 1, 'duration'),
  ms: choice('durationMs', 2, 'duration'),
};

interface Parsed {
  readonly name: string;
  readonly place: number;
  readonly letter: string;
  readonly argument: string | undefined;
  readonly final: boolean;
  readonly trailer: boolean;
}

/** Reads a LogFormat string (httpd manual, mod_log_config, "Custom Log Formats"); a complaint names the directive and its place. */
export function apacheSpec(spec: string): LogSpec | { error: string } {
  const parts: (string | Parsed)[] = [];
  for (let i = 0; i < spec.length; ) {
    const percent = spec.indexOf('%', i);
    const end = percent < 0 ? spec.length : percent;
    if (end > i) parts.push(spec.slice(i, end));
    if (percent < 0) break;
    const parsed = parseDirective(spec, percent);
    if ('error' in parsed) return parsed;
    i = percent + parsed.name.length;
    parts.push(parsed.letter === '%' ? '%' : parsed);
  }
  return assemble(parts);
}

/** `%` then, in any order, status conditions, `<`, `>` and `{...}`, then a letter or `^` and two letters. */
function parseDirective(spec: string, percent: number): Parsed | { error: string } {
  const place = percent + 1;
  let at = percent + 1;
  let argument: string | undefined;
  let final = false;
  for (;;) {
    const char = spec[at];
    if (char === undefined) return { error: `the directive at character ${place} is cut off: ${spec.slice(percent)}` };
    if (char === '{') {
      const close = spec.indexOf('}', at);
      if (close < 0)
        return {
          error: `the brace of the directive at character ${place} is not closed: ${spec.slice(percent, percent + 40)}`,
        };
      argument = spec.slice(at + 1, close);
      at = close + 1;
    } else if (/[<>!,0-9]/.test(char)) {
      final ||= char === '>';
      at++;
    } else break;
  }
  const trailer = spec[at] === '^';
  const letters = spec.slice(at, at + (trailer ? 3 : 1));
  const letter = letters.slice(-1);
  const name = spec.slice(percent, at + letters.length);
  const known = trailer
    ? ['^FB', '^FU', '^ti', '^to'].includes(letters)
    : letter === '%' || letter === 't' || (SKIPPED + NEED_BRACES).includes(letter) || Object.hasOwn(LETTERS, letter);
  if (!known) return { error: `unknown directive ${name} at character ${place}` };
  if (!trailer && NEED_BRACES.includes(letter) && !argument)
    return { error: `directive ${name} at character ${place} needs a name in braces, as in %{Name}${letter}` };
  if (letter === 'T' && argument !== undefined && !['s', 'ms', 'us'].includes(argument))
    return { error: `unknown unit in ${name} at character ${place}: s, ms or us` };
  return { name, place, letter, argument, final, trailer };
}

function choiceOf({ letter, argument, final, trailer }: Parsed): Choice {
  const skip = choice('skip');
  if (trailer) return skip;
  const header = argument?.toLowerCase() ?? '';
  if (letter === 'i') return Object.hasOwn(HEADERS, header) ? (HEADERS[header] ?? skip) : skip;
  if ((letter === 'a' || letter === 'h') && argument === 'c') return choice('peer');
  if (letter === 's') return choice('status', final ? 0 : 1);
  if (letter === 'T' && argument !== undefined && Object.hasOwn(TAKEN, argument)) return TAKEN[argument] ?? skip;
  return Object.hasOwn(LETTERS, letter) ? (LETTERS[letter] ?? skip) : skip;
}

function assemble(parts: readonly (string | Parsed)[]): LogSpec | { error: string } {
  const parsed = parts.filter((part) => typeof part !== 'string');
  const directives = parsed.map((part): Directive => ({ name: part.name, place: part.place, ...choiceOf(part) }));
  const fields = chooseFields(directives);
  const times = parsed.filter((part) => part.letter === 't' && !part.trailer);
  const endStamp = times.length > 0 && times.every((part) => part.argument?.startsWith('end:'));
  const pieces: Piece[] = [];
  let next = 0;
  for (const part of parts) {
    if (typeof part === 'string') {
      pieces.push({ kind: 'literal', text: part });
      continue;
    }
    const field = fields[next++] ?? 'skip';
    if (part.letter === 't' && !part.trailer) {
      const time = timePieces(part, endStamp);
      if ('error' in time) return time;
      pieces.push(...time.pieces);
    } else pieces.push({ kind: 'field', field, name: part.name, place: part.place });
  }
  const body = parsed.some((part) => !part.trailer && (part.letter === 'b' || part.letter === 'B'));
  const wire = parsed.some((part) => part.letter === 'O');
  return { pieces, stamp: endStamp ? 'end' : 'begin', bytes: body ? 'body' : wire ? 'wire' : 'unknown' };
}

/** `%t` and `%{...}t`: of begin and end the begin counts when both are logged. */
function timePieces(part: Parsed, endStamp: boolean): { pieces: readonly Piece[] } | { error: string } {
  const { name, place } = part;
  const prefix = /^(?:begin|end):/.exec(part.argument ?? '')?.[0] ?? '';
  const spec = (part.argument ?? '').slice(prefix.length);
  const ignored = prefix === 'end:' && !endStamp;
  const pieces = ((): { pieces: readonly Piece[] } | { error: string } => {
    switch (spec) {
      case '':
        return {
          pieces: [
            { kind: 'literal', text: '[' },
            { kind: 'field', field: 'clf', width: CLF_TIME_LENGTH, name, place },
            { kind: 'literal', text: ']' },
          ],
        };
      case 'sec':
        return { pieces: [{ kind: 'field', field: 'epochS', name, place }] };
      case 'msec':
        return { pieces: [{ kind: 'field', field: 'epochMs', name, place }] };
      case 'usec':
        return { pieces: [{ kind: 'field', field: 'epochUs', name, place }] };
      case 'msec_frac':
        return { pieces: [{ kind: 'field', field: 'fractionMs', width: 3, name, place }] };
      case 'usec_frac':
        return { pieces: [{ kind: 'field', field: 'fractionUs', width: 6, name, place }] };
      default:
        return strftimePieces(spec, place + 2 + prefix.length);
    }
  })();
  if ('error' in pieces || !ignored) return pieces;
  return { pieces: pieces.pieces.map((piece) => (piece.kind === 'field' ? { ...piece, field: 'skip' } : piece)) };
}

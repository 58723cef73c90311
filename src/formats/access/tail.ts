// What follows the well-known part of an access log line: bare words, quoted texts, and key=value pairs.
import { closingQuote } from './quoted.ts';

export interface TailToken {
  /** `rt` of `rt=0.123`; empty when there is none. */
  readonly key: string;
  readonly text: string;
  readonly quoted: boolean;
}

/** More columns than anybody logs; the rest of a longer line is left unread. */
const TOKENS_MAX = 40;
const KEY = /^[A-Za-z_][\w.-]{0,40}=/;

/**
 * The tokens from `from` to the end of the line. Lists of addresses or upstream times ("0.001, 0.200 : 0.3") are one token.
 * `undefined` when a quote is not closed: the line was cut.
 */
export function tailTokens(line: string, from: number): TailToken[] | undefined {
  const tokens: TailToken[] = [];
  let at = from;
  while (at < line.length && tokens.length < TOKENS_MAX) {
    if (line.charCodeAt(at) === 0x20) {
      at++;
      continue;
    }
    const key = keyAt(line, at);
    const start = at + (key === '' ? 0 : key.length + 1);
    const quoted = line.charCodeAt(start) === 0x22;
    if (quoted) {
      const end = closingQuote(line, start + 1);
      if (end < 0) return undefined;
      tokens.push({ key, text: line.slice(start + 1, end), quoted });
      at = end + 1;
    } else {
      const end = listEnd(line, start);
      tokens.push({ key, text: line.slice(start, end), quoted });
      at = end;
    }
  }
  return tokens;
}

function keyAt(line: string, at: number): string {
  const match = KEY.exec(line.slice(at, at + 42));
  return match ? match[0].slice(0, -1) : '';
}

/** End of a bare word that may be a list: a comma at its end, or a lone colon after it, joins the next word to it. */
export function listEnd(line: string, from: number): number {
  let end = wordEnd(line, from);
  while (end < line.length) {
    if (line.charCodeAt(end - 1) === 0x2c) end = wordEnd(line, end + 1);
    else if (line.startsWith(' : ', end)) end = wordEnd(line, end + 3);
    else break;
  }
  return end;
}

function wordEnd(line: string, from: number): number {
  const end = line.indexOf(' ', from);
  return end < 0 ? line.length : end;
}

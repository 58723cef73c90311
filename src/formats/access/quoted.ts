// Quoted text in access logs: where it ends, and what may be unescaped in it without changing what can be compared.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Index of the quote that closes the text which begins at `from`; -1 when the line was cut.
 * Apache and LiteSpeed write a quote inside as `\"` (mod_log_config.c, ap_escape_logitem), nginx as `\x22`.
 */
export function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from);
  while (at > from && line.charCodeAt(at - 1) === BACKSLASH) {
    let first = at - 1;
    while (first > from && line.charCodeAt(first - 1) === BACKSLASH) first--;
    if ((at - first) % 2 === 0) return at;
    at = line.indexOf('"', at + 1);
  }
  return at;
}

/**
 * `\"` becomes `"`. `\\` and `\xhh` stay as they are: unescaped they could no longer be told from each other,
 * and control characters would come back to life.
 */
export function unescapeQuotes(text: string): string {
  return text.includes('\\"') ? text.replace(/\\["\\]/g, (pair) => (pair.charCodeAt(1) === QUOTE ? '"' : pair)) : text;
}

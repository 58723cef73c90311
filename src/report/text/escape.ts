// Makes hostile text harmless: what stands in a log must not steer a terminal, nor become markup in a write-up.

// C0, DEL and C1 steer terminals; bidirectional overrides and invisible characters make a line read as what it is not;
// line separators break lines; a lone surrogate is no character.
const HOSTILE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu;

function spelled(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** The text on one line without any control, bidirectional or invisible character: they are spelled out, as `\x1b`. */
export function plain(text: string): string {
  return text.replace(HOSTILE, spelled);
}

/** Words that Markdown dialects turn into links or mentions by themselves. */
const LINKS_ITSELF = /:\/\/|www\.|@/i;
const MARKUP = /[\\`*_[\]{}|~$#!]/g;

/** A sentence as Markdown text: nothing in it is markup; words that would become links stand as code. */
export function markdownText(text: string): string {
  const escaped = plain(text)
    .split(' ')
    .map((word) => (LINKS_ITSELF.test(word) ? markdownCode(word) : escapeWord(word)))
    .join(' ');
  // At the beginning of a line these would be a list, a heading's rule or an indented block.
  return escaped
    .trimStart()
    .replace(/^[-+=]/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');
}

function escapeWord(word: string): string {
  return word.replace(MARKUP, '\\$&').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function longestRun(text: string): number {
  let longest = 0;
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  return longest;
}

/** The text as a code span on one line, fenced so that no backtick in it can end the span (CommonMark 0.31, 6.1). */
export function markdownCode(text: string): string {
  const harmless = plain(text);
  if (harmless.trim() === '') return '`(empty)`';
  const fence = '`'.repeat(longestRun(harmless) + 1);
  const pad = /^[` ]|[` ]$/.test(harmless) ? ' ' : '';
  return `${fence}${pad}${harmless}${pad}${fence}`;
}

/** Lines as a fenced code block (CommonMark 0.31, 4.5). `indent` puts it inside a list item. */
export function markdownBlock(lines: readonly string[], language: string, indent = ''): string[] {
  const harmless = lines.flatMap((line) => line.split('\n')).map(plain);
  const fence = '`'.repeat(Math.max(3, ...harmless.map((line) => longestRun(line) + 1)));
  return [`${fence}${language}`, ...harmless, fence].map((line) => (indent + line).trimEnd());
}

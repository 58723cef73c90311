// Commands on a terminal: as they would be typed, folded with a backslash where the shell allows it.
import { plain } from '../text/escape.ts';
import { columns, wrap } from '../text/wrap.ts';

/**
 * The command in lines of at most `width` columns. It is folded only at spaces outside of quotes, with ` \`, so that it can
 * be copied; a word that is longer than a line is broken as it is.
 */
export function commandLines(command: string, width: number, indent: string): string[] {
  const text = plain(command);
  if (columns(indent + text) <= width) return [indent + text];
  if (text.trimStart().startsWith('#')) return wrap(text, width, indent, `${indent}# `);
  const lines: string[] = [];
  let line = indent;
  let empty = true;
  const words = shellWords(text);
  words.forEach((word, i) => {
    const last = i === words.length - 1;
    const room = width - (last ? 0 : 2);
    if (!empty && columns(`${line} ${word}`) > room) {
      lines.push(`${line} \\`);
      line = `${indent}  `;
      empty = true;
    }
    line = empty ? line + word : `${line} ${word}`;
    empty = false;
  });
  lines.push(line);
  return lines.flatMap((one) => (columns(one) <= width ? [one] : wrap(one, width, '', indent)));
}

/** Splits at spaces outside of quotes; quotes and backslashes stay as they are. */
function shellWords(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (quote === '' && character === ' ') {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    word += character;
    if (character === '\\' && quote !== "'") {
      word += text.charAt(++i);
    } else if (quote === character) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
  }
  if (word !== '') words.push(word);
  return words;
}

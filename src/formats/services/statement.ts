// An SQL statement without its literals: two statements that differ only in values read the same, and no visitor's data is kept.

const LENGTH_MAX = 200;
/** How much of a statement is looked at; an INSERT can be megabytes. */
const READ_MAX = 16_384;

const WORD = /[A-Za-z_$@.\u0080-\uffff][\w$@.\u0080-\uffff]*/y;
const NUMBER = /(?:0[xX][0-9a-fA-F]+|0[bB][01]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)/y;
const SPACE = /\s+/y;
const BLOCK_COMMENT = /\/\*[\s\S]*?(?:\*\/|$)/y;
const LINE_COMMENT = /(?:#|-- ?)[^\n]*/y;

/** Where a quoted string that begins at `from` ends (behind its quote): `\x` and a doubled quote are parts of it. */
function endOfString(sql: string, from: number): number {
  const quote = sql[from];
  for (let i = from + 1; i < sql.length; i++) {
    if (sql[i] === '\\' && quote !== '`') i++;
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return i + 1;
      i++;
    }
  }
  return sql.length;
}

/**
 * Strings, numbers and hexadecimal literals become `?`, lists of them `(?)`, comments go, blanks shrink to one; at most 200 characters. Literals as in
 * the MySQL manual, "Literal Values"; double quotes are strings (no ANSI_QUOTES). Linear in time.
 */
export function withoutLiterals(statement: string): string {
  const sql = statement.slice(0, READ_MAX);
  let out = '';
  let i = 0;
  const eat = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = i;
    const text = pattern.exec(sql)?.[0];
    if (text) i += text.length;
    return text || undefined;
  };
  // Lists shrink as they are read, so that a list of ten thousand values doesn't use up the length.
  const literal = (): void => {
    out = /(?:^|[(,])\?, ?$/.test(out) ? out.replace(/, ?$/, '') : `${out}?`;
  };
  while (i < sql.length && out.length <= LENGTH_MAX) {
    const c = sql[i] ?? '';
    if (eat(SPACE)) out += out === '' || out.endsWith(' ') || out.endsWith('(') ? '' : ' ';
    else if (c === "'" || c === '"') {
      i = endOfString(sql, i);
      literal();
    } else if (c === '`') {
      const end = endOfString(sql, i);
      out += sql.slice(i, Math.min(end, i + LENGTH_MAX));
      i = end;
    } else if (c === '/' && sql[i + 1] === '*') eat(BLOCK_COMMENT);
    else if (c === '#' || (c === '-' && sql[i + 1] === '-' && /\s|^$/.test(sql[i + 2] ?? ''))) eat(LINE_COMMENT);
    else if (/[0-9]/.test(c) || (c === '.' && /[0-9]/.test(sql[i + 1] ?? ''))) {
      eat(NUMBER);
      literal();
    } else {
      const word = eat(WORD);
      if (word) out += word.slice(0, LENGTH_MAX);
      else {
        out += c;
        i++;
      }
    }
  }
  const text = out.replace(/\s*;?\s*$/, '');
  return text.length > LENGTH_MAX ? text.slice(0, LENGTH_MAX) : text;
}

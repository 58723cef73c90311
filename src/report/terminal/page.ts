// A page of terminal text: every line is made harmless, wrapped to the width, and only then coloured.
import pc from 'picocolors';
import { plain } from '../text/escape.ts';
import { columns, cut, wrap } from '../text/wrap.ts';

export type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'alarm';

export interface Page {
  readonly width: number;
  /** Colours a piece that is already harmless. */
  paint(text: string, ...paints: readonly Paint[]): string;
  /** A line that is already harmless, fitting and coloured. */
  raw(line: string): void;
  blank(): void;
  heading(title: string): void;
  /** Wrapped text; `first` and `rest` stand before its lines and are not coloured. */
  text(text: string, options?: { first?: string; rest?: string; paint?: readonly Paint[] }): void;
  done(): string;
}

const NARROWEST = 40;
const WIDEST = 120;

/** `width` is taken as 40 at least and 120 at most. */
export function pageOf(width: number, colour: boolean): Page {
  const wide = Math.floor(Math.min(WIDEST, Math.max(NARROWEST, Number.isFinite(width) ? width : 80)));
  const colours = pc.createColors(colour);
  const lines: string[] = [];
  const brush: { readonly [P in Paint]: (text: string) => string } = {
    bold: colours.bold,
    dim: colours.dim,
    red: colours.red,
    green: colours.green,
    yellow: colours.yellow,
    cyan: colours.cyan,
    alarm: (text) => colours.bold(colours.inverse(colours.red(text))),
  };
  const paint: Page['paint'] = (text, ...paints) => paints.reduce((painted, name) => brush[name](painted), text);
  return {
    width: wide,
    paint,
    raw: (line) => void lines.push(line.trimEnd()),
    blank() {
      if (lines.length > 0 && lines.at(-1) !== '') lines.push('');
    },
    heading(text) {
      this.blank();
      const title = cut(plain(text), wide - 5);
      const rule = '─'.repeat(Math.max(0, wide - columns(title) - 5));
      lines.push(`${paint('──', 'dim')} ${paint(title, 'bold')} ${paint(rule, 'dim')}`);
    },
    text(text, { first = '', rest = ' '.repeat(columns(first)), paint: paints = [] } = {}) {
      wrap(plain(text), wide, first, rest).forEach((line, i) => {
        const before = i === 0 ? first : rest;
        lines.push((before + paint(line.slice(before.length), ...paints)).trimEnd());
      });
    },
    done: () => `${lines.join('\n').trimEnd()}\n`,
  };
}

// Pieces that several sections of the page share: sections, quotes of evidence, commands, and what was left out.
import type { Evidence } from '../../model/evidence.ts';
import type { EpochMs } from '../../model/time.ts';
import { type Clock, iso } from '../text/clock.ts';
import { restWords } from './labels.ts';
import { html, type Markup, type Piece } from './markup.ts';

export function section(id: string, heading: string, ...body: readonly Piece[]): Markup {
  return html`
<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${body}
</section>`;
}

/** A figure and its unit stay on one line. */
export function tied(sentence: string): string {
  return sentence.replace(/(\d) (?=(?:%|kB|MB|GB|s|ms)(?![\w-]))/g, '$1\u00a0');
}

export function place({ file, line }: Evidence): string {
  return `${file}:${line}`;
}

/** `file:line` and the quoted line beneath it. */
export function quote(evidence: Evidence): Markup {
  return html`
<figure class="quote"><figcaption>${place(evidence)}</figcaption><blockquote><code>${evidence.text}</code></blockquote></figure>`;
}

/** Commands as they would be typed, each with its lines; a comment is set apart. */
export function commands(lines: readonly string[]): Markup {
  const typed = lines.flatMap((command) => command.split('\n'));
  return html`<pre>${typed.map(
    (line) => html`<code${line.trimStart().startsWith('#') ? html` class="note"` : ''}>${line}
</code>`,
  )}</pre>`;
}

/** Says how many were left out, if any; the JSON report has them. */
export function rest(total: number, shown: number, noun: string): Markup | undefined {
  return total > shown ? html`\n<p class="rest">${restWords(total - shown, noun)}</p>` : undefined;
}

export function time(at: EpochMs, clock: Clock): Markup {
  return html`<time datetime="${iso(at)}">${clock.time(at)}</time>`;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../hostile.fixture.ts';
import { html, htmlText } from './markup.ts';

describe('markup', () => {
  it('escapes text in elements and in attributes, and leaves markup as it is', () => {
    const bold = html`<b>${'a & b'}</b>`;
    expect(html`<p title="${`"'<`}">${bold}${['<i>', bold]}${undefined}${1.23456}</p>`.markup).toBe(
      '<p title="&quot;&#39;&lt;"><b>a &amp; b</b>&lt;i&gt;<b>a &amp; b</b>1.23</p>',
    );
  });

  it('spells out what could not be seen', () => {
    expect(htmlText('a\u202eb\u001b[2J\n')).toBe('a\\u202eb\\x1b[2J\\x0a');
  });

  it('holds no character that could end a piece of text, whatever the text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(htmlText(text)).not.toMatch(/[<>"'\u0000-\u001f\u202e]|&(?!(?:amp|lt|gt|quot|#39);)/);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { DARK, LIGHT } from './palette.ts';

/** Relative luminance and contrast ratio as WCAG 2.2 defines them. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('the %s colours', (_, palette) => {
  it('give text the contrast of WCAG AA, on everything it stands on', () => {
    for (const text of [palette.ink, palette.faint, palette.wrong, palette.fine, palette.open]) {
      for (const ground of [palette.paper, palette.shade, palette.band]) {
        expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(palette.onAlarm, palette.alarm)).toBeGreaterThanOrEqual(4.5);
  });

  it('give lines of the plot the contrast of WCAG AA for graphics', () => {
    for (const ground of [palette.paper, palette.band]) {
      expect(contrast(palette.data, ground)).toBeGreaterThanOrEqual(3);
    }
  });
});

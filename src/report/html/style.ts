// The style sheet, put together: the colours of each scheme, then the page, the plot, and paper.
import { DARK, LIGHT, type Palette } from './palette.ts';
import { PAGE_CSS } from './style-page.ts';
import { PLOT_CSS } from './style-plot.ts';
import { PRINT_CSS } from './style-print.ts';

function variables(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('');
}

/** Paper is light, whatever the screen is. */
export function styleSheet(): string {
  return `:root{color-scheme:light dark;${variables(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(DARK)}}}
${PAGE_CSS}${PLOT_CSS}${PRINT_CSS}`;
}

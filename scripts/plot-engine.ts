// Draws the result of the benchmark log-engine, as SVG and, by Chromium, as PNG: plot-engine.ts RESULT [OUT-WITHOUT-ENDING].
// RESULT is what `npm run bench -- log-engine --json` printed: its last line counts.
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { plotOf, speedsIn } from '../bench/support/engine-plot.ts';

const CHROMIUM = '/usr/bin/chromium';

const [result, out = 'docs/images/log-engine'] = process.argv.slice(2);
if (result === undefined) {
  process.stderr.write('usage: plot-engine.ts RESULT [OUT-WITHOUT-ENDING]\n');
  process.exit(2);
}
const svg = plotOf(speedsIn(readFileSync(result, 'utf8')));
writeFileSync(`${out}.svg`, svg);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({ deviceScaleFactor: 2, viewport: { width: 800, height: 600 } });
  await page.setContent(`<!doctype html><style>body{margin:0}svg{display:block}</style>${svg}`);
  await page.locator('svg').screenshot({ path: `${out}.png` });
} finally {
  await browser.close();
}

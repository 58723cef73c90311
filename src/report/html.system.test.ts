// The page as a browser shows it: a real Chromium, on a phone and on a desk, by day and by night, and on paper.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Findings } from '../model/findings.ts';
import { hostile } from './hostile.fixture.ts';
import { htmlReport } from './html.ts';
import { pingbackFindings } from './pingback.fixture.ts';

const CHROMIUM = '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const AGENT = '<script>document.title="owned"</script><img src="http://192.0.2.1/x" onerror="alert(1)">\u202e\u001b[2J';
const AGENT_SHOWN =
  '<script>document.title="owned"</script><img src="http://192.0.2.1/x" onerror="alert(1)">\\u202e\\x1b[2J';

/** The recorded flood, with the user agent of an attacker who knows who will read it. */
function attacked(): Findings {
  const swap = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replace('Mozilla/4.0', AGENT);
    if (Array.isArray(value)) return value.map(swap);
    if (typeof value !== 'object' || value === null || value instanceof Map || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, swap(item)]));
  };
  return swap(pingbackFindings()) as Findings;
}

const PAGES = {
  attacked: htmlReport(attacked()),
  broken: htmlReport(hostile(pingbackFindings(), 'W'.repeat(300))),
  foreign: htmlReport(hostile(pingbackFindings(), `${AGENT}${'漢字 '.repeat(40)}`)),
} as const;

const SCREENS = [390, 1200].flatMap((width) =>
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    (Object.keys(PAGES) as (keyof typeof PAGES)[]).map((page) => ({ width, colorScheme, page })),
  ),
);

describe.skipIf(!existsSync(CHROMIUM) || process.getuid?.() !== 0)('the page in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-html-'));
  let browser: Browser;

  beforeAll(async () => {
    for (const [name, text] of Object.entries(PAGES)) writeFileSync(join(folder, `${name}.html`), text);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Visit {
    readonly page: Page;
    readonly url: string;
    readonly said: readonly string[];
    readonly asked: readonly string[];
  }

  async function visit(name: string, width: number, colorScheme: 'light' | 'dark'): Promise<Visit> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const said: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('dialog', (dialog) => said.push(dialog.message()));
    page.on('request', (request) => asked.push(request.url()));
    const url = pathToFileURL(join(folder, `${name}.html`)).href;
    await page.goto(url);
    return { page, url, said, asked };
  }

  it.each(SCREENS)('fits $width px, is quiet and asks for nothing: $page, $colorScheme', async (screen) => {
    const { page, url, said, asked } = await visit(screen.page, screen.width, screen.colorScheme);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(screen.width);
    const plot = page.locator('figure.plot > svg');
    expect(await plot.isVisible()).toBe(true);
    const box = await plot.boundingBox();
    expect(box?.width).toBeGreaterThan(screen.width * 0.6);
    expect(box?.height).toBeGreaterThan(300);
    const line = await page.locator('figure.plot path.line').first().boundingBox();
    expect(line?.width).toBeGreaterThan((box?.width ?? 0) * 0.5);
    expect(said).toEqual([]);
    expect(asked).toEqual([url]);
    await page.close();
  });

  it("shows a hostile user agent as the text that it is, and doesn't obey it", async () => {
    const { page } = await visit('attacked', 1200, 'light');
    const quote = page.locator('#link-1 blockquote');
    expect(await quote.innerText()).toContain(AGENT_SHOWN);
    expect(await quote.isVisible()).toBe(true);
    expect(await page.title()).toBe('Pingback abuse: web1');
    expect(await page.locator('script, img').count()).toBe(0);
    await page.close();
  });

  it('follows the colour scheme, and is light on paper', async () => {
    const background = 'getComputedStyle(document.body).backgroundColor';
    const light = await visit('attacked', 1200, 'light');
    const dark = await visit('attacked', 1200, 'dark');
    expect(await light.page.evaluate(background)).toBe('rgb(253, 252, 250)');
    expect(await dark.page.evaluate(background)).toBe('rgb(22, 24, 27)');
    await dark.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await dark.page.evaluate(background)).toBe('rgb(255, 255, 255)');
    await light.page.close();
    await dark.page.close();
  });

  it('prints on A4 without losing anything at the right', async () => {
    // 210 mm without the margins of the page, in CSS pixels.
    const { page } = await visit('attacked', 665, 'light');
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(665);
    const paper = await page.pdf({ preferCSSPageSize: true });
    // 210 x 297 mm in points.
    expect(paper.toString('latin1')).toMatch(/\/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]/);
    await page.close();
  });

  it('leads from a link of the chain to the one it follows from', async () => {
    const { page } = await visit('attacked', 390, 'light');
    await page.locator('#link-6 .because a').click();
    expect(await page.locator('#link-4:target').count()).toBe(1);
    await page.close();
  });
});

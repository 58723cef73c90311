// Makes a picture of what a command prints on a terminal: picture.ts OUT.png ROWS COMMAND [ARGUMENT...]. Needs Chromium and script(1).
// PICTURE_AS is shown in place of the command, PICTURE_FROM is a text in the first line that is shown.
import { spawnSync } from 'node:child_process';
import { chromium } from 'playwright-core';

const COLUMNS = 80;
const CHROMIUM = '/usr/bin/chromium';

/** What picocolors uses (ECMA-48, select graphic rendition), as CSS. */
const STYLES: Readonly<Record<string, string>> = {
  '1': 'font-weight:700',
  '2': 'opacity:.6',
  '7': 'background:#f2726f;color:#16181d',
  '31': 'color:#f2726f',
  '32': 'color:#8fd18a',
  '33': 'color:#e8c170',
  '36': 'color:#6cc3d5',
};

const [out, rows, command, ...args] = process.argv.slice(2);
if (out === undefined || rows === undefined || command === undefined) {
  process.stderr.write('usage: picture.ts OUT.png ROWS COMMAND [ARGUMENT...]\n');
  process.exit(2);
}
await picture(out, Number(rows), [command, ...args]);

async function picture(file: string, most: number, words: readonly string[]): Promise<void> {
  const lines = onTerminal(words).split('\n');
  const from = lines.findIndex((line) => line.includes(process.env.PICTURE_FROM ?? ''));
  const text = lines.slice(Math.max(0, from), Math.max(0, from) + most).join('\n');
  const shown = process.env.PICTURE_AS ?? words.join(' ').replace(/^bin\//, '');
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage({ deviceScaleFactor: 1.25, viewport: { width: 760, height: 400 } });
    await page.setContent(pageOf(`$ ${shown}\n${text}`));
    await page.locator('pre').screenshot({ path: file });
  } finally {
    await browser.close();
  }
}

/** The output with its colours: only a terminal gets them, so script(1) plays one. */
function onTerminal(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const { stdout } = spawnSync('script', ['-qec', `stty cols ${COLUMNS}; ${quoted} 2>/dev/null`, '/dev/null'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.replaceAll('\r\n', '\n').replace(/^\n+/, '');
}

function pageOf(text: string): string {
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0 }
    pre { margin: 0; padding: 22px 26px; display: inline-block; width: ${COLUMNS}ch; background: #16181d; color: #d7dae0;
      font: 13px/1.42 'DejaVu Sans Mono', monospace }
  </style><pre>${coloured(text)}</pre>`;
}

function coloured(text: string): string {
  let open = new Set<string>();
  const parts = text.split(/\x1b\[([0-9;]*)m/);
  return parts
    .map((part, i) => {
      if (i % 2 === 0)
        return part === ''
          ? ''
          : `<span style="${[...open].map((code) => STYLES[code] ?? '').join(';')}">${escaped(part)}</span>`;
      for (const code of part.split(';')) open = next(open, code);
      return '';
    })
    .join('');
}

function next(open: ReadonlySet<string>, code: string): Set<string> {
  if (code === '0' || code === '') return new Set();
  if (code === '22') return new Set([...open].filter((one) => one !== '1' && one !== '2'));
  if (code === '27') return new Set([...open].filter((one) => one !== '7'));
  if (code === '39') return new Set([...open].filter((one) => !one.startsWith('3')));
  return new Set([...open, code]);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

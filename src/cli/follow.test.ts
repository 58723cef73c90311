import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { liveSchema } from '../report/traffic-schema.ts';
import { followCommand } from './follow.ts';
import { trafficCommandOf } from './traffic-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-follow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LINE = '203.0.113.7 - - [22/Nov/2026:10:06:14 +0000] "GET /\u001b[2J HTTP/1.1" 503 5321 "-" "curl/8\u009b31m"\n';

/** Follows while lines come in, for so many ticks. */
async function followed(options: object, isTerminal: boolean): Promise<{ code: number; written: string[] }> {
  const path = join(folder, `${Math.random()}.log`);
  writeFileSync(path, LINE.repeat(20));
  const written: string[] = [];
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const command = trafficCommandOf([path], { follow: true, timezone: 'UTC', ...options }, Date.now(), true);
  const code = await followCommand(command, {
    isTerminal,
    size: () => ({ width: 80, height: 24 }),
    write(text) {
      written.push(text);
      appendFileSync(path, LINE);
      if (written.length >= 12) end();
    },
    ended,
    tickMs: 40,
    pollMs: 20,
  });
  return { code, written };
}

it('draws a screen that leaves the terminal as it was', async () => {
  const { code, written } = await followed({}, true);
  expect(code).toBe(0);
  expect(written[0]).toBe('\u001b[?1049h\u001b[?25l');
  expect(written.at(-1)).toBe('\u001b[?25h\u001b[?1049l');
  const screens = written.slice(1, -1);
  for (const screen of screens) {
    expect(screen.split('\n').length).toBeLessThanOrEqual(24);
    // Nothing but our own: home, the rest of a line, the rest of the screen, colours.
    expect(screen.replaceAll(/\u001b\[(?:H|K|J|\d+m)/g, '').replaceAll('\n', '')).not.toMatch(
      /[\u0000-\u001f\u007f-\u009f]/,
    );
  }
  expect(screens.at(-1)).toContain('203.0.113.7');
  expect(screens.at(-1)).toContain('Sources by cost, last minute');
});

it('writes a line a tick where there is no terminal', async () => {
  const { written } = await followed({}, false);
  expect(written.join('')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(written.at(-1)).toMatch(
    /^\d\d:\d\d:\d\d [\d.]+ requests\/s, .*most cost of the last minute: source 203\.0\.113\.7 \(100 %\), endpoint GET .*\n$/,
  );
});

it('writes an object a tick with --json', async () => {
  const { written } = await followed({ json: true, top: '1' }, true);
  for (const text of written) {
    expect(text.indexOf('\n')).toBe(text.length - 1);
    liveSchema.parse(JSON.parse(text));
  }
  expect(JSON.parse(written.at(-1) ?? '').sources).toMatchObject([{ key: '203.0.113.7', costShare: 1 }]);
});

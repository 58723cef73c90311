// `seawall check`: one line, and an exit code as monitoring plugins have it.
import { z } from 'zod';
import { healthOf, type Level, pluginLine } from '../diagnosis/health.ts';
import { liveHost } from '../host/index.ts';
import { jsonText } from '../report/index.ts';
import { readDossier } from '../sources/dossier.ts';
import { recordHost } from '../sources/live/record.ts';
import { watchOption } from './common-options.ts';

const OPTIONS = z.object({ json: z.boolean().optional(), watch: z.string().optional() });

/** Two looks, a second apart: what one look took for held may have been the moment. */
const WATCH_MS = 1000;
const CODES: Readonly<Record<Level, number>> = { ok: 0, warning: 1, critical: 2, unknown: 3 };

/** @returns 0 well, 1 warning, 2 critical, 3 could not tell. */
export async function checkCommand(given: unknown): Promise<number> {
  const options = OPTIONS.parse(given);
  const now = Date.now();
  const recording = await recordHost(liveHost, {
    watchMs: watchOption(options.watch, WATCH_MS),
    since: now,
    logs: false,
  });
  // There is no access log in it: the kernel that counts them needs not be made ready.
  const dossier = await readDossier({ paths: [], recording, now: Date.now(), engine: 'reference' });
  const health = healthOf(dossier);
  process.stdout.write(
    options.json ? jsonText({ schema: 'seawall-check/1', ...health }) : `${oneLine(pluginLine(health))}\n`,
  );
  return CODES[health.level];
}

/** A name of a site is hostile like all else: nothing steers the terminal, and a line stays one. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

// `seawall collect`: records this host for a look elsewhere, with secrets masked.
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { liveHost, protectFromOomKiller } from '../host/index.ts';
import { count, kilobytes, many } from '../model/figures.ts';
import { OptionError } from '../sources/given.ts';
import { anonymiser } from '../sources/live/anonymise.ts';
import { capturePackets } from '../sources/live/capture-packets.ts';
import { recordHost } from '../sources/live/record.ts';
import { freeFolder, writeRecording } from '../sources/live/write-recording.ts';
import { proxyOption, watchOption, windowOptions } from './common-options.ts';
import { EXIT, exitOnSignals } from './exit.ts';
import { progressOn } from './progress.ts';

const OPTIONS = z.object({
  watch: z.string().optional(),
  since: z.string().optional(),
  anonymise: z.boolean().optional(),
  packets: z.boolean().optional(),
  trustedProxy: z.array(z.string()).optional(),
  json: z.boolean().optional(),
});

const WATCH_MS = 60_000;
const SINCE_MS = 3 * 3_600_000;
/** Of one log; the newest lines. A recording is to be sent somewhere. */
const ACCESS_MAX = 64 << 20;
const OTHER_MAX = 8 << 20;
const PACKETS_MAX = 50_000;

/**
 * @returns the exit code.
 * @throws OptionError for what a person gave wrongly.
 */
export async function collectCommand(folder: string | undefined, given: unknown): Promise<number> {
  const options = OPTIONS.parse(given);
  if (options.packets && options.anonymise)
    throw new OptionError('--packets with --anonymise: a capture holds addresses as they are. Give one of them.');
  const now = Date.now();
  const target = freeFolder(
    folder ?? `seawall-${hostname()}-${new Date(now).toISOString().slice(0, 19).replace(/[:T]/g, '')}`,
  );
  const watchMs = watchOption(options.watch, WATCH_MS);
  exitOnSignals();
  protectFromOomKiller();
  const progress = progressOn(process.stderr);
  const scratch = options.packets ? capturePackets(liveHost, { watchMs, most: PACKETS_MAX }) : undefined;
  const recording = await recordHost(liveHost, {
    watchMs,
    since: windowOptions(options, now).since ?? now - SINCE_MS,
    logBytes: { access: ACCESS_MAX, other: OTHER_MAX },
    ...(options.trustedProxy !== undefined && { trustedProxies: options.trustedProxy.map(proxyOption) }),
    onProgress: progress.say,
  });
  progress.say('writing');
  const capture = await scratch;
  try {
    const written = await writeRecording(recording, target, {
      ...(options.anonymise && { anonymiser: anonymiser(Math.floor(Math.random() * 256)) }),
      ...(capture && 'path' in capture && { extra: async (into) => capture.moveTo(join(into, 'packets.pcap')) }),
    });
    progress.end();
    const unseen = recording.manifest.unseen ?? [];
    if (options.json) process.stdout.write(`${JSON.stringify({ ...written, unseen }, undefined, 2)}\n`);
    else {
      process.stdout.write(
        `Recorded to ${written.folder}: ${many(written.files, 'file')}, ${kilobytes(written.bytes / 1024)}. Passwords and tokens are masked${options.anonymise ? ', addresses mapped to others' : '; addresses are as they are'}.\nLook at it: seawall diagnose ${written.folder}\n`,
      );
      if (capture && 'none' in capture) process.stdout.write(`No packets: ${capture.none}\n`);
      if (unseen.length > 0) process.stdout.write(`${count(unseen.length)} not seen: see "unseen" in manifest.json.\n`);
    }
    return EXIT.done;
  } finally {
    if (capture && 'path' in capture) capture.remove();
  }
}

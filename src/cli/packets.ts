// `seawall traffic --packets`: who sends, from a capture, or from the wire for some seconds.
import { z } from 'zod';
import { liveHost } from '../host/index.ts';
import { jsonText, packetsData, packetsReport } from '../report/index.ts';
import { readDossier } from '../sources/dossier.ts';
import { OptionError } from '../sources/given.ts';
import { capturePackets } from '../sources/live/capture-packets.ts';
import { wantsColour, watchOption, widthOption } from './common-options.ts';
import { EXIT, exitOnSignals } from './exit.ts';
import { progressOn } from './progress.ts';

const OPTIONS = z.object({
  packets: z.union([z.string(), z.literal(true)]),
  watch: z.string().optional(),
  json: z.boolean().optional(),
  width: z.string().optional(),
});

const WATCH_MS = 10_000;
const PACKETS_MAX = 100_000;

/**
 * @returns the exit code.
 * @throws OptionError and PathError for what a person gave wrongly.
 */
export async function packetsCommand(paths: readonly string[], given: unknown): Promise<number> {
  const options = OPTIONS.parse(given);
  const named = [...(options.packets === true ? [] : [options.packets]), ...paths];
  if (named.length > 0 && options.watch !== undefined)
    throw new OptionError('--watch: only the wire is watched: leave the files out.');
  return named.length > 0 ? told(named, options) : fromWire(options);
}

async function fromWire(options: z.infer<typeof OPTIONS>): Promise<number> {
  const watchMs = watchOption(options.watch, WATCH_MS);
  exitOnSignals();
  const progress = progressOn(process.stderr);
  progress.say('watching ports 80 and 443');
  const capture = await capturePackets(liveHost, { watchMs, most: PACKETS_MAX });
  progress.end();
  if ('none' in capture) {
    process.stderr.write(`seawall: traffic: ${capture.none}\n`);
    return EXIT.unknown;
  }
  try {
    return await told([capture.path], options);
  } finally {
    capture.remove();
  }
}

async function told(paths: readonly string[], options: z.infer<typeof OPTIONS>): Promise<number> {
  const { packets } = await readDossier({ paths, now: Date.now() });
  if (!packets)
    throw new OptionError(
      `traffic: no packets in ${paths.join(', ')}. Give a capture (pcap, pcapng) or what tcpdump printed.`,
    );
  if (options.json) process.stdout.write(jsonText(packetsData(packets)));
  else process.stdout.write(packetsReport(packets, { width: widthOption(options.width), colour: wantsColour() }));
  return EXIT.done;
}

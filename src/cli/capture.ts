// `seawall capture`: what are they sending? Requests for a moment, from a drop-in or from packets, then the verdict.
import { liveHost } from '../host/index.ts';
import { listenCommand, listenForRequests, type PacketsRead, readPacketFile } from '../sources/capture/packets.ts';
import { OptionError } from '../sources/given.ts';
import { type CaptureCommand, captureCommandOf } from './capture-options.ts';
import { reportCapture } from './capture-report.ts';
import { EXIT } from './exit.ts';

/**
 * @returns the exit code: 1 when they attack, 0 when nothing is wrong, 3 when it can't be told.
 * @throws OptionError for what a person gave wrongly.
 */
export async function captureCommand(given: unknown): Promise<number> {
  const command = captureCommandOf(given);
  switch (command.way) {
    case 'packet-file':
      return reportPackets(await packetsOf(command), command);
    case 'packets-live':
      return await listen(command);
    default: {
      const { dropInCommand } = await import('./capture-drop-in.ts');
      return await dropInCommand(command);
    }
  }
}

async function packetsOf({ file, wanted }: CaptureCommand): Promise<PacketsRead> {
  const read = await readPacketFile(file, wanted).catch((error: unknown) => {
    throw new OptionError(`--packets ${file}: ${error instanceof Error ? error.message : String(error)}.`);
  });
  if (read.way.frames === 0 && read.way.complaint !== undefined)
    throw new OptionError(`--packets ${file}: ${read.way.complaint}.`);
  return read;
}

async function listen(command: CaptureCommand): Promise<number> {
  const wish = { ...command.wanted, port: command.port, seconds: command.seconds };
  if (command.dryRun) {
    process.stdout.write(`${listenCommand(wish).join(' ')}\n`);
    return EXIT.done;
  }
  if (process.stderr.isTTY) process.stderr.write(`listening for ${command.seconds} s on port ${command.port}\n`);
  const read = await listenForRequests(wish, liveHost);
  if ('refused' in read) {
    process.stderr.write(`seawall: ${read.refused}\n`);
    return EXIT.unknown;
  }
  return reportPackets(read, command);
}

function reportPackets({ requests, way, more }: PacketsRead, command: CaptureCommand): number {
  const notes =
    more > 0 ? [`${more} more requests were there and not looked at: --count ${requests.length} was reached.`] : [];
  const kept = 'Nothing is kept of it: packets were read in memory, and what is not told here is forgotten.';
  return reportCapture(requests, { way, notes, kept }, command);
}

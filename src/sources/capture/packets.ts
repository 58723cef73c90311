// Requests from packets: out of a capture file, or from the wire by tcpdump for a moment.
import { decodePackets } from '../../formats/packets/capture-file.ts';
import { hexFrames } from '../../formats/packets/tcpdump-hex.ts';
import { packetRequests } from '../../formats/requests/packet-requests.ts';
import type { CapturedRequest } from '../../model/capture.ts';
import type { CaptureWay } from '../../model/capture-verdict.ts';
import type { HostReader } from '../../model/host.ts';
import { openBytes } from '../bytes.ts';
import { isWanted, type WantedRequests } from './gather.ts';

export interface PacketsRead {
  readonly requests: readonly CapturedRequest[];
  readonly way: Extract<CaptureWay, { kind: 'packets' }>;
  /** Requests that were wanted and not kept, because there were enough. */
  readonly more: number;
}

/** @throws the error of the file system; and says so in `way.complaint` when the file is damaged, or no capture. */
export async function readPacketFile(path: string, wanted: WantedRequests): Promise<PacketsRead> {
  const source = openBytes(path);
  const gathered = gatherer(wanted);
  const reader = decodePackets(gathered.reader.frame);
  try {
    for await (const chunk of source.chunks()) {
      reader.chunk(chunk);
      if (reader.complaint() !== undefined) break;
    }
  } finally {
    source.close();
  }
  const complaint = reader.end() ?? source.complaint();
  return gathered.done(path, complaint);
}

export interface ListenWish extends WantedRequests {
  readonly port: number;
  readonly seconds: number;
}

const PACKETS_MAX = 100_000;
/** Hexadecimal and its framing take about three characters a byte. */
const OUTPUT_MAX = 96 << 20;

/** The command that listens; it ends by itself, also when nobody waits for it any more. */
export function listenCommand({ port, from, seconds }: ListenWish): readonly [string, ...string[]] {
  const filter = ['tcp', 'dst', 'port', `${port}`, ...(from === undefined ? [] : ['and', 'src', 'host', from])];
  const tcpdump = ['tcpdump', '-i', 'any', '-nn', '-q', '-tt', '-x', '-s', '0', '-c', `${PACKETS_MAX}`, ...filter];
  return ['timeout', '-s', 'INT', '-k', '5', `${seconds}`, ...tcpdump];
}

/** Packets go through a pipe and are never written to a disk. A refusal says what to do. */
export async function listenForRequests(
  wish: ListenWish,
  host: HostReader,
): Promise<PacketsRead | { readonly refused: string }> {
  const command = listenCommand(wish);
  const result = await host.run(command, { timeoutMs: (wish.seconds + 10) * 1000, outputMax: OUTPUT_MAX });
  const said = result.stderr.trim().split('\n');
  if (result.failure === 'missing')
    return { refused: 'timeout(1) of coreutils is missing, which keeps tcpdump in bounds.' };
  if (!/packets? captured/.test(result.stderr)) {
    const missing = result.code === 127 || /No such file/.test(result.stderr);
    const why = missing ? 'tcpdump is not installed (apt-get install tcpdump)' : (said.at(-1) ?? 'it said nothing');
    return { refused: `Listening with tcpdump: ${why}. It needs root, or CAP_NET_RAW.` };
  }
  const gathered = gatherer(wish);
  hexFrames(result.stdout, gathered.reader.frame);
  const lost = /(\d+) packets? dropped by kernel/.exec(result.stderr)?.[1];
  const complaint =
    lost !== undefined && lost !== '0' ? `the kernel dropped ${lost} packets: the capture has gaps` : undefined;
  return gathered.done(command.slice(5).join(' '), complaint);
}

function gatherer(wanted: WantedRequests) {
  const requests: CapturedRequest[] = [];
  let more = 0;
  const reader = packetRequests((request) => {
    if (!isWanted(request, wanted)) return;
    if (requests.length < wanted.count) requests.push(request);
    else more++;
  });
  return {
    reader,
    done(from: string, complaint: string | undefined): PacketsRead {
      const { frames, cut, encrypted, dropped } = reader.end();
      const way = {
        kind: 'packets' as const,
        from,
        frames,
        cut,
        encrypted,
        dropped,
        ...(complaint !== undefined && { complaint }),
      };
      return { requests: requests.sort((a, b) => (a.at ?? 0) - (b.at ?? 0)), way, more };
    },
  };
}

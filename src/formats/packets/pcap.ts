// A capture file of tcpdump -w: the classic pcap format (pcap-savefile(5)).
import type { BinaryFormat, BinaryReader } from '../../model/reader.ts';
import { FRAME_BYTES } from './decode.ts';
import type { OnFrame } from './frame.ts';
import { recordStream, type Step } from './records.ts';
import { tellFrames } from './tell.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** MAXIMUM_SNAPLEN of libpcap: no program writes longer records. */
export const RECORD_LONGEST = 262_144;

interface Layout {
  readonly little: boolean;
  /** Fractions of a second per millisecond. */
  readonly perMs: number;
  readonly linkType: number;
}

function magic(head: Uint8Array): Omit<Layout, 'linkType'> | undefined {
  if (head.length < 4) return undefined;
  switch (viewOf(head).getUint32(0)) {
    case 0xa1b2c3d4:
      return { little: false, perMs: 1000 };
    case 0xa1b23c4d:
      return { little: false, perMs: 1_000_000 };
    case 0xd4c3b2a1:
      return { little: true, perMs: 1000 };
    case 0x4d3cb2a1:
      return { little: true, perMs: 1_000_000 };
    default:
      return undefined;
  }
}

export const pcap: BinaryFormat = {
  id: 'pcap',
  title: 'packet capture (pcap)',
  recognise: (head) => magic(head) !== undefined,
  open: (sink) => pcapFrames(tellFrames(sink), FRAME_BYTES),
};

/** @param frameMax bytes of each frame that are wanted, at most */
export function pcapFrames(onFrame: OnFrame, frameMax: number): BinaryReader {
  let layout: Layout | undefined;
  let record = 0;
  const step = (bytes: Uint8Array): Step => {
    if (!layout) {
      if (bytes.length < FILE_HEADER) return { need: FILE_HEADER };
      const known = magic(bytes);
      if (!known) return { stop: 'this is no pcap file' };
      // The upper bits say whether frames end with a checksum.
      layout = { ...known, linkType: viewOf(bytes).getUint32(20, known.little) & 0xffff };
      return { skip: FILE_HEADER };
    }
    if (bytes.length < RECORD_HEADER) return { need: RECORD_HEADER };
    const view = viewOf(bytes);
    const captured = view.getUint32(8, layout.little);
    if (captured > RECORD_LONGEST) {
      return { stop: `packet ${record + 1} says it has ${captured} bytes: the file is damaged from there on` };
    }
    const wanted = RECORD_HEADER + Math.min(captured, frameMax);
    if (bytes.length < wanted) return { need: wanted };
    record++;
    onFrame(record, {
      bytes: bytes.subarray(RECORD_HEADER, wanted),
      linkType: layout.linkType,
      wireLength: view.getUint32(12, layout.little),
      ms: view.getUint32(0, layout.little) * 1000 + view.getUint32(4, layout.little) / layout.perMs,
    });
    return { skip: RECORD_HEADER + captured };
  };
  return recordStream(step, RECORD_HEADER + frameMax);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// A capture file of Wireshark, tshark or dumpcap: pcapng (draft-ietf-opsawg-pcapng).
import type { BinaryFormat, BinaryReader } from '../../model/reader.ts';
import { FRAME_BYTES } from './decode.ts';
import type { OnFrame } from './frame.ts';
import { recordStream, type Step } from './records.ts';
import { tellFrames } from './tell.ts';

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
/** Options of an interface that are looked through; its description can be long. */
const INTERFACE_BYTES = 4096;
const INTERFACES_MAX = 1024;

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  /** Milliseconds that one tick of the clock lasts. */
  readonly tickMs: number;
  /** Milliseconds to add to every time. */
  readonly offsetMs: number;
}

export const pcapng: BinaryFormat = {
  id: 'pcapng',
  title: 'packet capture (pcapng)',
  recognise: (head) => head.length >= 4 && viewOf(head).getUint32(0) === SECTION,
  open: (sink) => pcapngFrames(tellFrames(sink), FRAME_BYTES),
};

/** @param frameMax bytes of each frame that are wanted, at most */
export function pcapngFrames(onFrame: OnFrame, frameMax: number): BinaryReader {
  let little = true;
  let interfaces: Interface[] = [];
  let record = 0;

  function packet(view: DataView, bytes: Uint8Array, type: number, total: number): void {
    record++;
    if (type === SIMPLE_PACKET) {
      const only = interfaces[0];
      const wireLength = view.getUint32(8, little);
      const snap = only?.snapLength ? only.snapLength : wireLength;
      const captured = Math.min(wireLength, snap, total - 16);
      if (only) {
        const { linkType } = only;
        onFrame(record, { bytes: bytes.subarray(12, 12 + captured), linkType, wireLength, ms: undefined });
      } else onFrame(record, undefined);
      return;
    }
    const from = interfaces[type === OLD_PACKET ? view.getUint16(8, little) : view.getUint32(8, little)];
    if (!from) {
      onFrame(record, undefined);
      return;
    }
    const ticks = view.getUint32(12, little) * 0x1_0000_0000 + view.getUint32(16, little);
    const captured = Math.min(view.getUint32(20, little), total - 32);
    const ms = ticks * from.tickMs + from.offsetMs;
    onFrame(record, {
      bytes: bytes.subarray(28, 28 + captured),
      linkType: from.linkType,
      wireLength: view.getUint32(24, little),
      ms: Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? ms : undefined,
    });
  }

  const step = (bytes: Uint8Array): Step => {
    if (bytes.length < 12) return { need: 12 };
    const view = viewOf(bytes);
    const isSection = view.getUint32(0) === SECTION;
    if (isSection) {
      const order = view.getUint32(8);
      if (order !== 0x1a2b3c4d && order !== 0x4d3c2b1a) return { stop: 'a section has no byte order' };
      little = order === 0x4d3c2b1a;
      interfaces = [];
    }
    const type = view.getUint32(0, little);
    const total = view.getUint32(4, little);
    if (total < 12) return { stop: `a block after packet ${record} says it has ${total} bytes: the file is damaged` };
    const size = Math.ceil(total / 4) * 4;
    if (isSection) return { skip: size };
    const wanted = Math.min(total, wantedBytes(type, frameMax));
    if (bytes.length < wanted) return { need: wanted };
    if (type === INTERFACE && total >= 20 && interfaces.length < INTERFACES_MAX) {
      interfaces.push(readInterface(view, Math.min(total - 4, wanted), little));
    } else if (type === SIMPLE_PACKET && total >= 16) {
      packet(view, bytes.subarray(0, wanted), type, total);
    } else if ((type === ENHANCED_PACKET || type === OLD_PACKET) && total >= 32) {
      packet(view, bytes.subarray(0, wanted), type, total);
    }
    return { skip: size };
  };
  return recordStream(step, Math.max(INTERFACE_BYTES, 28 + frameMax));
}

function wantedBytes(type: number, frameMax: number): number {
  if (type === INTERFACE) return INTERFACE_BYTES;
  return type === SIMPLE_PACKET || type === ENHANCED_PACKET || type === OLD_PACKET ? 28 + frameMax : 12;
}

/** @param end where the options end, within the bytes at hand */
function readInterface(view: DataView, end: number, little: boolean): Interface {
  let tickMs = 1e-3;
  let offsetMs = 0;
  let at = 16;
  while (at + 4 <= end) {
    const code = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    if (code === 0 || at + 4 + length > end) break;
    if (code === 9 && length >= 1) {
      const resolution = view.getUint8(at + 4);
      // The highest bit chooses between powers of two and of ten.
      tickMs = 1000 * (resolution & 0x80 ? 2 ** -(resolution & 0x7f) : 10 ** -resolution);
    } else if (code === 14 && length >= 8) {
      offsetMs = Number(view.getBigInt64(at + 4, little)) * 1000;
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return { linkType: view.getUint16(8, little), snapLength: view.getUint32(12, little), tickMs, offsetMs };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

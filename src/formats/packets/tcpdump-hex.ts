// What `tcpdump -tt -x` prints: a line a packet, and its bytes from the IP header on in hexadecimal (tcpdump(1)).
import type { CapturedFrame } from './frame.ts';

const LINKTYPE_RAW = 101;
/** With `-i any` the interface and the direction stand in between. */
const PACKET = /^(\d{1,12})\.(\d{6}) (?:\S+ +(?:In|Out|B|M|P) +)?IP6? /;
const BYTES = /^\s+0x[0-9a-f]{4,5}:\s+((?:[0-9a-f]{2,4} ?)+)/;
const FRAME_MAX = 262_144;

/** Never throws. The packet at the end of a text that was cut is left out. */
export function hexFrames(text: string, onFrame: (frame: CapturedFrame) => void): void {
  let ms: number | undefined;
  let hex: string[] = [];
  let size = 0;
  const done = (): void => {
    if (ms !== undefined && hex.length > 0) {
      const bytes = Buffer.from(hex.join(''), 'hex');
      onFrame({ bytes, linkType: LINKTYPE_RAW, wireLength: bytes.length, ms });
    }
    ms = undefined;
    hex = [];
    size = 0;
  };
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    if (end < 0) return;
    const line = text.slice(at, end);
    at = end + 1;
    const bytes = BYTES.exec(line)?.[1]?.replaceAll(' ', '');
    if (bytes !== undefined) {
      size += bytes.length / 2;
      if (ms !== undefined && size <= FRAME_MAX) hex.push(bytes);
      continue;
    }
    done();
    const [, seconds, micros] = PACKET.exec(line) ?? [];
    if (seconds !== undefined) ms = Number(seconds) * 1000 + Number(micros) / 1000;
  }
  done();
}

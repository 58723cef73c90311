// A capture file, pcap or pcapng, with its frames whole: for what they carry, not only for their headers.
import type { CapturedFrame } from './frame.ts';
import { pcap, pcapFrames, RECORD_LONGEST } from './pcap.ts';
import { pcapng, pcapngFrames } from './pcapng.ts';

interface CaptureFile {
  /** Chunks of any size, in order; what is kept is copied. */
  chunk(bytes: Uint8Array): void;
  /** Known before the end when it is no capture file at all. */
  complaint(): string | undefined;
  /** The complaint, if it was cut or damaged. */
  end(): string | undefined;
}

const NO_CAPTURE = 'it is no packet capture (pcap or pcapng, as tcpdump -w writes them)';

/** Never throws. */
export function decodePackets(onFrame: (frame: CapturedFrame) => void): CaptureFile {
  let reader: ReturnType<typeof pcapFrames> | undefined;
  let begin: Uint8Array = new Uint8Array(0);
  let complaint: string | undefined;
  const tell = (_: number, frame: CapturedFrame | undefined): void => {
    if (frame) onFrame(frame);
  };
  return {
    chunk(bytes) {
      if (complaint !== undefined) return;
      if (reader) {
        reader.chunk(bytes);
        return;
      }
      begin = Buffer.concat([begin, bytes]);
      if (begin.length < 4) return;
      if (pcap.recognise(begin)) reader = pcapFrames(tell, RECORD_LONGEST);
      else if (pcapng.recognise(begin)) reader = pcapngFrames(tell, RECORD_LONGEST);
      else complaint = NO_CAPTURE;
      reader?.chunk(begin);
      begin = new Uint8Array(0);
    },
    complaint: () => complaint,
    end: () => complaint ?? (reader ? reader.end() : NO_CAPTURE),
  };
}

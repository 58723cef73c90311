// Frames of a capture -> the requests in them: each connection put together again, within bounds.
import type { CapturedRequest } from '../../model/capture.ts';
import { decodeSegment } from '../packets/decode.ts';
import type { CapturedFrame } from '../packets/frame.ts';
import { capturedRequest } from './captured.ts';
import { type HttpStream, httpStream } from './http-stream.ts';
import { tcpStream } from './tcp-stream.ts';

const STREAMS_MAX = 8192;
const HELD_MAX = 64 << 20;
/** How often the bytes that are held are summed up. */
const LOOK_EVERY = 256;

export interface PacketCounts {
  frames: number;
  segments: number;
  /** Segments with payload whose end the capture cut off: made with a short snap length. */
  cut: number;
  /** Segments of TLS: what is in them can't be read. */
  encrypted: number;
  /** Connections that were let go to stay within memory. */
  dropped: number;
}

export interface PacketRequests {
  frame(frame: CapturedFrame): void;
  /** To be called once, behind the last frame. */
  end(): PacketCounts;
}

interface Stream {
  readonly tcp: ReturnType<typeof tcpStream>;
  readonly http: HttpStream;
}

/** Never throws. Holds at most some 64 MB, whatever the capture. */
export function packetRequests(tell: (request: CapturedRequest) => void): PacketRequests {
  const streams = new Map<string, Stream>();
  const counts: PacketCounts = { frames: 0, segments: 0, cut: 0, encrypted: 0, dropped: 0 };

  function streamOf(key: string, source: string): Stream {
    const known = streams.get(key);
    if (known) return known;
    if (streams.size >= STREAMS_MAX) drop();
    const http = httpStream((raw) => tell(capturedRequest(raw, source)));
    const stream = { http, tcp: tcpStream(http) };
    streams.set(key, stream);
    return stream;
  }

  function close(key: string, stream: Stream): void {
    streams.delete(key);
    stream.tcp.end();
    stream.http.end();
  }

  /** The oldest first. */
  function drop(): void {
    const [oldest] = streams;
    if (!oldest) return;
    counts.dropped++;
    close(...oldest);
  }

  function keepWithin(): void {
    let held = 0;
    for (const { tcp, http } of streams.values()) held += tcp.held() + http.held();
    while (held > HELD_MAX && streams.size > 0) {
      const [oldest] = streams.values();
      if (oldest) held -= oldest.tcp.held() + oldest.http.held();
      drop();
    }
  }

  return {
    frame({ bytes, linkType, wireLength, ms }) {
      if (++counts.frames % LOOK_EVERY === 0) keepWithin();
      const segment = decodeSegment(bytes, linkType, wireLength);
      if (!segment) return;
      counts.segments++;
      const { payload, payloadBytes, flags, sequence, source } = segment;
      const key = `${source} ${segment.sourcePort} ${segment.target} ${segment.targetPort}`;
      const syn = flags.includes('S');
      const known = streams.get(key);
      if (syn && known && payloadBytes === 0) close(key, known);
      if (syn || payloadBytes > 0) {
        const lost = payloadBytes - payload.length;
        if (lost > 0) counts.cut++;
        if (isTls(payload)) counts.encrypted++;
        streamOf(key, source).tcp.segment(sequence, payload, lost, syn, ms);
      }
      const open = streams.get(key);
      // Behind a FIN, what was late can still come.
      if (open && (flags.includes('R') || (flags.includes('F') && open.tcp.held() === 0))) close(key, open);
    },
    end() {
      for (const [key, stream] of [...streams]) close(key, stream);
      return counts;
    },
  };
}

/** A TLS record of the handshake or of data (RFC 8446, 5.1). */
function isTls(payload: Uint8Array): boolean {
  return (payload[0] === 22 || payload[0] === 23) && payload[1] === 3 && (payload[2] ?? 9) <= 4;
}

// One direction of a TCP connection -> its bytes in order (RFC 9293, 3.4): repeats dropped, what came early held back.

interface TcpStream {
  /** @param sequence of the first byte, or of SYN when `syn` */
  segment(sequence: number, payload: Uint8Array, lost: number, syn: boolean, at: number | undefined): void;
  /** Nothing more comes: what waits for missing bytes is told behind a gap. */
  end(): void;
  held(): number;
}

interface Sink {
  feed(bytes: Uint8Array, at: number | undefined): void;
  gap(): void;
}

/** What comes early is held so far; then the missing bytes are given up. */
const WAITING_MAX = 64;
const WAITING_BYTES = 262_144;

/** Never throws. `lost`: bytes at the end of the payload that the capture has cut off. */
export function tcpStream(sink: Sink): TcpStream {
  /** The sequence number that comes next; `undefined` before the first segment. */
  let next: number | undefined;
  const waiting: { sequence: number; payload: Uint8Array; lost: number; at: number | undefined }[] = [];
  let bytes = 0;

  function take(sequence: number, payload: Uint8Array, lost: number, at: number | undefined): void {
    const known = ahead(next ?? sequence, sequence);
    if (known >= payload.length + lost) return;
    const fresh = payload.subarray(Math.min(known, payload.length));
    if (fresh.length > 0) sink.feed(fresh, at);
    if (lost > 0) sink.gap();
    next = (sequence + payload.length + lost) >>> 0;
  }

  /** What fits now, of that which came early. */
  function settle(): void {
    for (;;) {
      const at = waiting.findIndex(({ sequence }) => ahead(sequence, next ?? sequence) <= 0);
      const [one] = at < 0 ? [] : waiting.splice(at, 1);
      if (!one) return;
      bytes -= one.payload.length;
      take(one.sequence, one.payload, one.lost, one.at);
    }
  }

  function giveUp(): void {
    const first = [...waiting].sort((a, b) => ahead(a.sequence, b.sequence))[0];
    if (!first) return;
    sink.gap();
    next = first.sequence;
    settle();
  }

  return {
    segment(sequence, payload, lost, syn, at) {
      // SYN takes a number of its own.
      const from = syn ? (sequence + 1) >>> 0 : sequence;
      if (syn || next === undefined) next = from;
      if (payload.length + lost === 0) return;
      if (ahead(from, next) <= 0) {
        take(from, payload, lost, at);
        settle();
        return;
      }
      waiting.push({ sequence: from, payload: payload.slice(), lost, at });
      bytes += payload.length;
      if (waiting.length > WAITING_MAX || bytes > WAITING_BYTES) giveUp();
    },
    end() {
      while (waiting.length > 0) giveUp();
    },
    held: () => bytes,
  };
}

/** How far the first number lies ahead of the second, on a circle of 2^32; negative when it lies behind. */
function ahead(a: number, b: number): number {
  return (a - b) | 0;
}

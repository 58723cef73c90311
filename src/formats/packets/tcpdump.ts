// What a person copied from a terminal in which tcpdump ran, with any of -n, -e, -v, -A, -X, -q and -t to -ttttt.
import type { Packet } from '../../model/packets.ts';
import type { FactSink, LineReader, TextFormat } from '../../model/reader.ts';
import type { Stamp } from '../../model/time.ts';
import { requestLine, requestLineIn } from './http-line.ts';
import { dumpHead, dumpPacket } from './tcpdump-line.ts';

/** What tcpdump says besides packets, and a shell's prompt. */
const CHATTER =
  /^(?:tcpdump: |listening on |reading from |dropped privs|Warning: interface|\^C|\d+ packets? |[^\s]{0,80}[#$] ?(?:sudo )?tcpdump|(?:sudo )?tcpdump )|[#$] (?:sudo )?tcpdump /;
/** Lines that -v, -A and -X print for one packet, at most; after that, something else was pasted. */
const CONTINUATION_MAX = 400;

interface Held {
  readonly stamp: Stamp | undefined;
  readonly line: number;
  readonly text: string;
  /** Absent until the second line of -v has told the ends. */
  packet?: Omit<Packet, 'at'>;
  continued: number;
}

export const tcpdumpText: TextFormat = {
  id: 'tcpdump-text',
  title: 'output of tcpdump',
  recognise(head) {
    let packets = 0;
    let strange = 0;
    let follows = 0;
    for (const line of head) {
      if (line.trim() === '' || CHATTER.test(line.slice(0, 200))) continue;
      const packet = dumpHead(line);
      if (packet) {
        packets++;
        follows = CONTINUATION_MAX;
      } else if (follows > 0 && !/^(?:\d{4}-|\w{3} [ \d]\d |\[|\S+ \S+ \S+ \[)/.test(line)) follows--;
      else strange++;
    }
    return packets === 0 ? 0 : packets / (packets + strange);
  },
  open: (sink) => tcpdumpReader(sink),
};

function tcpdumpReader(sink: FactSink): LineReader {
  let held: Held | undefined;
  function tell(): void {
    if (!held) return;
    const { packet, stamp, line, text } = held;
    held = undefined;
    if (packet) sink.packet(stamp, { at: stamp?.ms, ...packet }, line, text);
    else sink.seen(stamp);
  }
  return {
    line(text, line) {
      const head = dumpHead(text);
      if (head) {
        tell();
        const packet = dumpPacket(head.rest);
        held = { stamp: head.stamp, line, text, continued: 0, ...(packet ? { packet } : {}) };
        return;
      }
      if (text.trim() === '' || CHATTER.test(text.slice(0, 200))) return;
      if (!held || ++held.continued > CONTINUATION_MAX) {
        tell();
        sink.unreadable(line, text);
        return;
      }
      if (!held.packet) {
        const packet = /^\s/.test(text) ? dumpPacket(text.trimStart()) : undefined;
        if (packet) held.packet = packet;
      } else if (held.packet.protocol === 'tcp' && held.packet.request === undefined && held.packet.payloadBytes > 0) {
        const request = requestLine(withoutMark(text.slice(0, 4096).trim())) ?? requestLineIn(text);
        if (request !== undefined) held.packet = { ...held.packet, request };
      }
    },
    end: tell,
  };
}

/** -v says `[|http]` where the snap length has cut the message. */
function withoutMark(text: string): string {
  return text.endsWith('[|http]') || text.endsWith('[!http]') ? text.slice(0, -7).trimEnd() : text;
}

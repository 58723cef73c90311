// Hands a decoded frame to the sink, with a quote like the one that tcpdump prints.
import type { Packet } from '../../model/packets.ts';
import type { FactSink } from '../../model/reader.ts';
import type { Stamp } from '../../model/time.ts';
import { decodeFrame } from './decode.ts';
import type { CapturedFrame, OnFrame } from './frame.ts';

/** Tells a sink each frame; one that can't be read is seen all the same. */
export function tellFrames(sink: FactSink): OnFrame {
  return (record, frame) => {
    if (frame) tellFrame(sink, record, frame);
    else sink.seen(undefined);
  };
}

function tellFrame(sink: FactSink, record: number, frame: CapturedFrame): void {
  const stamp: Stamp | undefined = frame.ms === undefined ? undefined : { ms: frame.ms, clock: 'absolute' };
  const decoded = decodeFrame(frame.bytes, frame.linkType, frame.wireLength);
  if (!decoded) {
    sink.seen(stamp);
    return;
  }
  const packet: Packet = { at: frame.ms, ...decoded };
  sink.packet(stamp, packet, record, quote(packet));
}

function quote(packet: Packet): string {
  const family = packet.source.includes(':') ? 'IP6' : 'IP';
  const ends =
    packet.protocol === 'other'
      ? `${packet.source} > ${packet.target}`
      : `${packet.source}.${packet.sourcePort} > ${packet.target}.${packet.targetPort}`;
  const what =
    packet.protocol === 'tcp' ? `Flags [${packet.flags || 'none'}], ` : packet.protocol === 'udp' ? 'UDP, ' : '';
  const http = packet.request === undefined ? '' : `: HTTP: ${packet.request}`;
  return `${family} ${ends}: ${what}length ${packet.payloadBytes}${http}`;
}

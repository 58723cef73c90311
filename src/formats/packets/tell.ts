// Hands a decoded frame to the sink, with a quote like the one that tcpdump prints.
import type { Packet } from '../../model/packets.ts';
import type { FactSink } from '../../model/reader.ts';
import type { Stamp } from '../../model/time.ts';
import { decodeFrame } from './decode.ts';

/** `ms` is absent where the capture has no time (simple packet blocks). */
export function tellFrame(
  sink: FactSink,
  record: number,
  frame: { bytes: Uint8Array; linkType: number; wireLength: number; ms: number | undefined },
): void {
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

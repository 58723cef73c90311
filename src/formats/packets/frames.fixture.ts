// Builds frames and capture files for tests, byte by byte, as RFC 791, 8200, 9293, pcap-savefile(5) and pcapng lay them out.

export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Buffer.concat(parts.map((part) => Uint8Array.from(part)));
}

export const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255];

export function u32(value: number, little: boolean): number[] {
  const bytes = [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  return little ? bytes.reverse() : bytes;
}

export function tcpSegment(sourcePort: number, targetPort: number, flags: number, payload: string): Uint8Array {
  const header = [...u16(sourcePort), ...u16(targetPort), 0, 0, 0, 1, 0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0];
  return concat(header, Buffer.from(payload, 'latin1'));
}

export function ipv4(
  source: readonly number[],
  target: readonly number[],
  protocol: number,
  body: Uint8Array,
): Uint8Array {
  const header = [0x45, 0, ...u16(20 + body.length), 0, 1, 0x40, 0, 64, protocol, 0, 0, ...source, ...target];
  return concat(header, body);
}

export function ipv6(source: readonly number[], target: readonly number[], next: number, body: Uint8Array): Uint8Array {
  return concat([0x60, 0, 0, 0, ...u16(body.length), next, 64, ...source, ...target], body);
}

export function ethernet(type: number, body: Uint8Array, vlans: readonly number[] = []): Uint8Array {
  const tags = vlans.flatMap((vlan) => [0x81, 0, ...u16(vlan)]);
  return concat([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, ...tags, ...u16(type)], body);
}

export interface Frame {
  readonly seconds: number;
  readonly fraction: number;
  readonly bytes: Uint8Array;
  /** What was sent, if more than was captured. */
  readonly wireLength?: number;
}

export function pcapFile(
  frames: readonly Frame[],
  options: { little: boolean; nano: boolean; linkType: number },
): Uint8Array {
  const { little, nano, linkType } = options;
  const header = [...u32(nano ? 0xa1b23c4d : 0xa1b2c3d4, little), ...(little ? [2, 0, 4, 0] : [0, 2, 0, 4])];
  const rest = [0, 0, 262_144, linkType].flatMap((value) => u32(value, little));
  const records = frames.map((frame) =>
    concat(
      [frame.seconds, frame.fraction, frame.bytes.length, frame.wireLength ?? frame.bytes.length].flatMap((v) =>
        u32(v, little),
      ),
      frame.bytes,
    ),
  );
  return concat(header, rest, ...records);
}

export function block(type: number, body: Uint8Array, little: boolean): Uint8Array {
  const padding = new Uint8Array((4 - (body.length % 4)) % 4);
  const total = 12 + body.length + padding.length;
  return concat(u32(type, little), u32(total, little), body, padding, u32(total, little));
}

/** Section header and one interface; `resolution` is if_tsresol. */
export function pcapngHead(little: boolean, linkType: number, resolution?: number): Uint8Array {
  const short = (value: number): number[] => (little ? u16(value).reverse() : u16(value));
  const section = concat(u32(0x1a2b3c4d, little), short(1), short(0), u32(0xffffffff, little), u32(0xffffffff, little));
  const options =
    resolution === undefined ? [] : [...short(9), ...short(1), resolution, 0, 0, 0, ...short(0), ...short(0)];
  const description = concat(short(linkType), short(0), u32(0, little), options);
  return concat(block(0x0a0d0d0a, section, little), block(1, description, little));
}

export function enhancedPacket(
  bytes: Uint8Array,
  ticks: bigint,
  little: boolean,
  wireLength = bytes.length,
): Uint8Array {
  const words = [0, Number(ticks >> 32n), Number(ticks & 0xffffffffn), bytes.length, wireLength];
  return block(
    6,
    concat(
      words.flatMap((word) => u32(word, little)),
      bytes,
    ),
    little,
  );
}

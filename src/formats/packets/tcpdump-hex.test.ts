import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSegment } from './decode.ts';
import type { CapturedFrame } from './frame.ts';
import { hexFrames } from './tcpdump-hex.ts';

// tcpdump 4.99 of Debian 12: -nn -q -tt -x, on lo and on any.
const PRINTED = `1795677121.455356 IP6 ::1.54932 > ::1.9: tcp 0
\t0x0000:  6008 267d 0028 0640 0000 0000 0000 0000
\t0x0010:  0000 0000 0000 0001 0000 0000 0000 0000
\t0x0020:  0000 0000 0000 0001 d694 0009 6bec 0e52
\t0x0030:  0000 0000 a002 ffc4 0030 0000 0204 ffc4
\t0x0040:  0402 080a 17e2 b623 0000 0000 0103 030a
1795677122.000001 lo    In  IP 127.0.0.1.40000 > 127.0.0.1.80: tcp 2
\t0x0000:  4500 002a 0001 4000 4006 0000 7f00 0001
\t0x0010:  7f00 0001 9c40 0050 0000 0001 0000 0000
\t0x0020:  5018 ffff 0000 0000 6869
`;

function read(text: string): CapturedFrame[] {
  const frames: CapturedFrame[] = [];
  hexFrames(text, (frame) => frames.push(frame));
  return frames;
}

describe("tcpdump's hexadecimal", () => {
  it('is read back to packets', () => {
    const frames = read(PRINTED);
    expect(frames.map(({ ms }) => ms)).toEqual([1_795_677_121_455.356, 1_795_677_122_000.001]);
    const [syn, data] = frames.map(({ bytes, linkType, wireLength }) => decodeSegment(bytes, linkType, wireLength));
    expect(syn).toMatchObject({ source: '::1', sourcePort: 54_932, targetPort: 9, flags: 'S', payloadBytes: 0 });
    expect(data).toMatchObject({ source: '127.0.0.1', targetPort: 80, sequence: 1, payloadBytes: 2 });
    expect(Buffer.from(data?.payload ?? []).toString()).toBe('hi');
  });

  it('never fails, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.nat(PRINTED.length), (at) => {
        expect(read(PRINTED.slice(at)).length).toBeLessThanOrEqual(2);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void read(text)));
  });
});

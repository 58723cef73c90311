// One request to PHP-FPM by its own protocol (FastCGI 1.0), and its answer: its status can be asked without the web server.

const VERSION = 1;
const BEGIN_REQUEST = 1;
const END_REQUEST = 3;
const PARAMS = 4;
const STDIN = 5;
const STDOUT = 6;
const RESPONDER = 1;
const ID = 1;

/** The bytes of a request with these parameters and no body. */
export function fastcgiRequest(params: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(params).map(([name, value]) => {
    const [n, v] = [Buffer.from(name), Buffer.from(value)];
    return Buffer.concat([lengthOf(n.length), lengthOf(v.length), n, v]);
  });
  return Buffer.concat([
    record(BEGIN_REQUEST, Buffer.from([0, RESPONDER, 0, 0, 0, 0, 0, 0])),
    record(PARAMS, Buffer.concat(pairs)),
    record(PARAMS, Buffer.alloc(0)),
    record(STDIN, Buffer.alloc(0)),
  ]);
}

function lengthOf(length: number): Buffer {
  if (length < 128) return Buffer.from([length]);
  const four = Buffer.alloc(4);
  four.writeUInt32BE(length + 2 ** 31);
  return four;
}

function record(type: number, content: Buffer): Buffer {
  const head = Buffer.from([VERSION, type, 0, ID, 0, 0, 0, 0]);
  head.writeUInt16BE(content.length, 4);
  return Buffer.concat([head, content]);
}

/** What stood on standard output, headers first; `undefined` while the answer has not come to its end. Never throws. */
export function fastcgiAnswer(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes);
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= buffer.length; ) {
    const type = buffer[at + 1];
    const length = buffer.readUInt16BE(at + 4);
    const next = at + 8 + length + (buffer[at + 6] ?? 0);
    if (type === END_REQUEST) return Buffer.concat(parts).toString('utf8');
    if (next > buffer.length) return undefined;
    if (type === STDOUT) parts.push(buffer.subarray(at + 8, at + 8 + length));
    at = next;
  }
  return undefined;
}

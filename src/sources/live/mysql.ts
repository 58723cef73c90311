// The least of the MySQL client protocol: greet, log in as the system's own user over the local socket, ask a few figures.

const PROTOCOL_41 = 0x200;
const SECURE_CONNECTION = 0x8000;
const PLUGIN_AUTH = 0x80000;
const MAX_PACKET = 1 << 24;
const UTF8 = 33;
const COM_QUIT = 1;
const COM_QUERY = 3;

/** One packet: its number in the exchange and what it holds. */
interface Packet {
  readonly number: number;
  readonly payload: Buffer;
}

/** Whole packets at the begin of the bytes. */
export function packetsIn(bytes: Uint8Array): Packet[] {
  const buffer = Buffer.from(bytes);
  const packets: Packet[] = [];
  for (let at = 0; at + 4 <= buffer.length; ) {
    const length = buffer.readUIntLE(at, 3);
    if (at + 4 + length > buffer.length) break;
    packets.push({ number: buffer[at + 3] ?? 0, payload: buffer.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return packets;
}

function packet(number: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head[3] = number & 0xff;
  return Buffer.concat([head, payload]);
}

/** HandshakeResponse41 without a password: who we are, the operating system tells the server (unix_socket, auth_socket). */
function login(number: number, user: string): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(PROTOCOL_41 | SECURE_CONNECTION | PLUGIN_AUTH | 1, 0);
  head.writeUInt32LE(MAX_PACKET, 4);
  head[8] = UTF8;
  return packet(number, Buffer.concat([head, Buffer.from(`${user}\0\0mysql_native_password\0`)]));
}

export interface DatabaseError {
  readonly code: number;
  readonly message: string;
}

/** ERR_Packet: 0xff, the code, "#" and the SQL state, the message. */
function errorIn({ payload }: Packet): DatabaseError | undefined {
  if (payload[0] !== 0xff || payload.length < 3) return undefined;
  const text = payload.subarray(3).toString('utf8');
  return { code: payload.readUInt16LE(1), message: text.replace(/^#.{5}/s, '').slice(0, 300) };
}

export interface DatabaseTalk {
  /** What to send after these bytes, `true` when it is over, `false` when more must come. */
  next(bytes: Uint8Array): boolean | Uint8Array;
  /** It greeted, so it is alive. */
  greeted(): boolean;
  version(): string | undefined;
  error(): DatabaseError | undefined;
  /** Name and value by row, as SHOW STATUS prints them. */
  readonly figures: ReadonlyMap<string, string>;
}

/** One exchange: greeting, login, the queries one after the other. Each query has two columns. Never throws. */
export function databaseTalk(user: string, queries: readonly string[]): DatabaseTalk {
  const figures = new Map<string, string>();
  const waiting = [...queries];
  let state: 'greeting' | 'login' | 'rows' | 'over' = 'greeting';
  let version: string | undefined;
  let error: DatabaseError | undefined;
  let greeted = false;

  const ask = (): boolean | Uint8Array => {
    const query = waiting.shift();
    if (query === undefined) {
      // Whoever just hangs up stands in its log as an aborted connection.
      state = 'over';
      return packet(0, Buffer.from([COM_QUIT]));
    }
    state = 'rows';
    return packet(0, Buffer.concat([Buffer.from([COM_QUERY]), Buffer.from(query)]));
  };
  const afterLogin = (last: Packet): boolean | Uint8Array => {
    const [kind] = last.payload;
    if (kind === 0x00) return ask();
    // "Try it another way": the answer is empty, because the operating system has said who we are.
    if (kind === 0xfe) return packet(last.number + 1, Buffer.alloc(0));
    return true;
  };

  return {
    figures,
    greeted: () => greeted,
    version: () => version,
    error: () => error,
    next(bytes) {
      if (state === 'over') return true;
      const packets = packetsIn(bytes);
      const last = packets.at(-1);
      if (!last) return false;
      error = packets.map(errorIn).find((one) => one !== undefined);
      if (state === 'greeting') {
        greeted = true;
        if (error) return true;
        version = last.payload.subarray(1, last.payload.indexOf(0, 1)).toString('latin1').slice(0, 80);
        state = 'login';
        return login(last.number + 1, user);
      }
      if (error) return true;
      if (state === 'login') return afterLogin(last);
      const rows = rowsIn(packets);
      if (!rows) return false;
      for (const [name, value] of rows) if (name !== undefined && value !== undefined) figures.set(name, value);
      return ask();
    },
  };
}

/** The rows of a text result set: the column count, the columns, EOF, the rows, EOF. `undefined` while it is not whole. */
function rowsIn(packets: readonly Packet[]): (string | undefined)[][] | undefined {
  const ends = packets.flatMap(({ payload }, i) => (payload[0] === 0xfe && payload.length < 9 ? [i] : []));
  const [columnsEnd, rowsEnd] = ends;
  if (columnsEnd === undefined || rowsEnd === undefined) return undefined;
  return packets.slice(columnsEnd + 1, rowsEnd).map(({ payload }) => textsIn(payload));
}

/** Length-encoded strings; those of 64 kB and more are not asked for. */
function textsIn(payload: Buffer): (string | undefined)[] {
  const texts: (string | undefined)[] = [];
  for (let at = 0; at < payload.length; ) {
    const first = payload[at] ?? 0;
    if (first === 0xfb) {
      texts.push(undefined);
      at++;
      continue;
    }
    const wide = first === 0xfc && at + 3 <= payload.length;
    if (first > 0xfc || (first === 0xfc && !wide)) break;
    const length = wide ? payload.readUInt16LE(at + 1) : first;
    const begin = at + (wide ? 3 : 1);
    texts.push(payload.subarray(begin, begin + length).toString('utf8'));
    at = begin + length;
  }
  return texts;
}

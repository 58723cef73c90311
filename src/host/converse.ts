// Talks with a program of this host over a local socket: sends some bytes, and gathers what comes back.
import { createConnection, type Socket } from 'node:net';
import type { Conversation, HostReader } from '../model/host.ts';

const TIMEOUT_MS = 3000;
const MOST = 1 << 20;

export const converse: HostReader['converse'] = ({ door, send, isWhole, timeoutMs = TIMEOUT_MS, most = MOST }) =>
  new Promise((resolve) => {
    const socket: Socket = createConnection(
      'path' in door ? { path: door.path } : { host: door.address, port: door.port },
    );
    let bytes = Buffer.alloc(0);
    const settle = (answer: Conversation): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => settle({ none: `no whole answer in ${timeoutMs / 1000} s`, bytes }), timeoutMs);
    socket.on('error', (error) => settle({ none: error.message, bytes }));
    socket.on('connect', () => {
      if (send) socket.write(send);
    });
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const next = isWhole(bytes);
      if (next === true || bytes.length > most) settle({ bytes });
      else if (next) {
        // It is our turn again: what comes now is looked at by itself.
        bytes = Buffer.alloc(0);
        socket.write(next);
      }
    });
    socket.on('end', () =>
      settle(isWhole(bytes) === true ? { bytes } : { none: 'closed before the answer was whole', bytes }),
    );
  });

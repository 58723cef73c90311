// Chunked transfer coding (RFC 9112, 7.1): the pieces of a body between lines that say their length.

export interface ChunkedReader {
  /** `used`: bytes up to the end of the body, once it is `done` or `damaged`. */
  feed(
    bytes: Uint8Array,
    keep: (part: Uint8Array) => void,
  ): { readonly used: number; readonly state: 'more' | 'done' | 'damaged' };
}

const LINE_MAX = 4096;
const TRAILERS_MAX = 100;

export function chunkedReader(): ChunkedReader {
  let line = '';
  /** Bytes of the chunk that are to come; then its line end. */
  let left = 0;
  let part: 'size' | 'data' | 'data-end' | 'trailer' = 'size';
  let trailers = 0;

  /** @returns false when it makes no sense */
  function lineRead(): boolean {
    const text = line.replace(/\r$/, '');
    line = '';
    if (part === 'data-end') {
      part = 'size';
      return text === '';
    }
    const size = /^([0-9a-f]{1,12})\s*(?:;.*)?$/i.exec(text)?.[1];
    if (size === undefined) return false;
    left = Number.parseInt(size, 16);
    part = left === 0 ? 'trailer' : 'data';
    return true;
  }

  return {
    feed(bytes, keep) {
      let at = 0;
      while (at < bytes.length) {
        if (part === 'data') {
          const data = bytes.subarray(at, at + left);
          keep(data);
          at += data.length;
          left -= data.length;
          if (left === 0) part = 'data-end';
          continue;
        }
        const end = bytes.indexOf(10, at);
        line += Buffer.from(bytes.subarray(at, end < 0 ? bytes.length : end)).toString('latin1');
        if (line.length > LINE_MAX) return { used: bytes.length, state: 'damaged' };
        if (end < 0) break;
        at = end + 1;
        if (part !== 'trailer') {
          if (!lineRead()) return { used: at, state: 'damaged' };
        } else if (line.replace(/\r$/, '') === '') return { used: at, state: 'done' };
        else if (++trailers > TRAILERS_MAX) return { used: at, state: 'damaged' };
        else line = '';
      }
      return { used: bytes.length, state: 'more' };
    },
  };
}

// Bytes into lines, whatever the bytes: bounded, with NULs and broken UTF-8 kept from hurting anybody.

/** A longer line is cut here, and the rest of it skipped: no fact stands behind 64 kB. */
export const LINE_MAX = 64 * 1024;

export interface LineSplitter {
  /** Calls `onLine` for each line that is complete; without its line end, a trailing CR dropped. */
  push(chunk: Uint8Array, onLine: (text: string) => void): void;
  /** The last line, when it has no line end. */
  end(onLine: (text: string) => void): void;
  /** Lines that were longer than 64 kB. */
  readonly cut: number;
}

export function lineSplitter(): LineSplitter {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let skipping = false;
  const splitter = {
    cut: 0,
    push(chunk: Uint8Array, onLine: (text: string) => void): void {
      let text = decoder.decode(chunk, { stream: true });
      let start = 0;
      if (skipping) {
        const end = text.indexOf('\n');
        if (end < 0) return;
        skipping = false;
        start = end + 1;
      } else if (rest !== '') {
        text = rest + text;
        rest = '';
      }
      for (;;) {
        const end = text.indexOf('\n', start);
        if (end < 0) break;
        emit(text, start, end, onLine);
        start = end + 1;
      }
      rest = text.slice(start);
      if (rest.length > LINE_MAX) {
        emit(rest, 0, rest.length, onLine);
        rest = '';
        skipping = true;
      }
    },
    end(onLine: (text: string) => void): void {
      rest += decoder.decode();
      if (rest !== '' && !skipping) emit(rest, 0, rest.length, onLine);
      rest = '';
    },
  };

  function emit(text: string, start: number, end: number, onLine: (text: string) => void): void {
    let stop = end;
    if (stop > start && text.charCodeAt(stop - 1) === 13) stop--;
    if (stop - start > LINE_MAX) {
      splitter.cut++;
      stop = start + LINE_MAX;
    }
    onLine(text.slice(start, stop));
  }
  return splitter;
}

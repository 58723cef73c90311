// The begin of a file, by which it is recognised: its first bytes, its first lines, whether it is text at all.

const HEAD_BYTES = 64 * 1024;
const HEAD_LINES = 200;
const HEAD_LINE_MAX = 16 * 1024;
const SAMPLE_BYTES = 4096;

export interface Head {
  readonly bytes: Buffer;
  /** NULs that stood before and were passed over. */
  readonly nuls: number;
  /** The file has nothing more. */
  readonly whole: boolean;
}

/**
 * A log that is truncated while its writer keeps its place begins with NULs up to there, gigabytes of them in a sparse
 * file (logrotate's `copytruncate` with a writer that doesn't append).
 */
export async function readHead(chunks: AsyncGenerator<Buffer>): Promise<Head> {
  const parts: Buffer[] = [];
  let length = 0;
  let nuls = 0;
  while (length < HEAD_BYTES) {
    const next = await chunks.next();
    if (next.done) return { bytes: Buffer.concat(parts), nuls, whole: true };
    let chunk = next.value;
    if (length === 0) {
      const begin = leadingNuls(chunk);
      nuls += begin;
      chunk = chunk.subarray(begin);
    }
    if (chunk.length === 0) continue;
    parts.push(chunk);
    length += chunk.length;
  }
  return { bytes: parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts), nuls, whole: false };
}

function leadingNuls(chunk: Buffer): number {
  let at = 0;
  while (at < chunk.length && chunk[at] === 0) at++;
  return at;
}

/** `whole`: the text is all that the file has, so that its last line is not cut. */
export function headLines(text: string, whole: boolean): string[] {
  const lines = text.slice(0, HEAD_BYTES).split(/\r?\n/, HEAD_LINES + 1);
  const cut = !whole || text.length > HEAD_BYTES;
  if (lines.length > 1 && (cut || lines.length > HEAD_LINES || lines.at(-1) === '')) lines.pop();
  return lines.map((line) => {
    const text = withoutNuls(line);
    return text.length > HEAD_LINE_MAX ? text.slice(0, HEAD_LINE_MAX) : text;
  });
}

/** A crash leaves a block of NULs in a log, where the file had grown and its content was not written yet. */
export function withoutNuls(line: string): string {
  return line.charCodeAt(0) === 0 ? line.replace(/^\0+/, '') : line;
}

/** Why the bytes are no text that can be read; `undefined` when they are. */
export function whyNoText(head: Uint8Array): string | undefined {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    return 'text in UTF-16, as Windows PowerShell and Notepad write it: save it as UTF-8';
  let odd = 0;
  let looked = 0;
  for (let at = 0; at < head.length && looked < SAMPLE_BYTES; at++) {
    const byte = head[at] ?? 0;
    if (byte === 0 && head[at + 1] === 0 && head[at - 1] === 0) continue;
    looked++;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 27) odd++;
  }
  return odd > looked * 0.1 ? 'binary data of no known kind' : undefined;
}

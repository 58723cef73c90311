// Cuts a stream of chunks into records without ever holding more of one than its reader needs.

/** What a record reader says after a look at the bytes at hand. */
export type Step =
  | { readonly need: number } // this many bytes, before it can go on; at most `recordMax`
  | { readonly skip: number } // done with this record: so many bytes belong to it, present or not
  | { readonly stop: string }; // damaged: why nothing after this can be read

/** More than any header and the part of a frame that is looked at, where that is the headers. */
const RECORD_MAX = 8192;

interface RecordStream {
  chunk(bytes: Uint8Array): void;
  /** The complaint, if the stream was damaged or ended within a record. */
  end(): string | undefined;
}

/**
 * @param step gets all bytes from the begin of a record that are at hand
 * @param recordMax more of a record than this is never held
 */
export function recordStream(step: (bytes: Uint8Array) => Step, recordMax = RECORD_MAX): RecordStream {
  let held: Uint8Array = new Uint8Array(0);
  let toSkip = 0;
  let needed = 1;
  let complaint: string | undefined;
  function run(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length && complaint === undefined) {
      const result = step(bytes.subarray(at));
      if ('stop' in result) complaint = result.stop;
      else if ('need' in result) {
        needed = Math.min(result.need, recordMax);
        // A reader that has what it asked for and asks again would wait for ever.
        if (bytes.length - at >= needed) complaint = 'the file is damaged';
        break;
      } else {
        const skip = Math.max(1, result.skip);
        toSkip = Math.max(0, at + skip - bytes.length);
        at = Math.min(bytes.length, at + skip);
        needed = 1;
      }
    }
    return at;
  }
  return {
    chunk(bytes) {
      if (complaint !== undefined) return;
      const skipped = Math.min(toSkip, bytes.length);
      toSkip -= skipped;
      let rest = bytes.subarray(skipped);
      while (rest.length > 0 && complaint === undefined) {
        if (held.length === 0) {
          held = rest.slice(run(rest));
          return;
        }
        // Only what completes the record is joined to what is held: chunks of one byte stay cheap.
        const take = Math.min(rest.length, Math.max(1, needed - held.length));
        held = joined(held, rest.subarray(0, take));
        rest = rest.subarray(take);
        if (held.length < needed) return;
        held = held.slice(run(held));
        const over = Math.min(toSkip, rest.length);
        toSkip -= over;
        rest = rest.subarray(over);
      }
    },
    end() {
      if (complaint !== undefined) return complaint;
      return held.length > 0 || toSkip > 0 ? 'the file ends within a record' : undefined;
    },
  };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

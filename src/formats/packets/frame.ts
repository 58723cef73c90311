// A frame as capture files hold it.

export interface CapturedFrame {
  readonly bytes: Uint8Array;
  /** LINKTYPE_ value. */
  readonly linkType: number;
  readonly wireLength: number;
  /** Epoch milliseconds; `undefined` where the capture has no time (simple packet blocks). */
  readonly ms: number | undefined;
}

/** The frame is `undefined` where the file does not say how to read it. Its bytes are the reader's own: copy what you keep. */
export type OnFrame = (record: number, frame: CapturedFrame | undefined) => void;

// A recording that was not written to a disk: what a live host says, in the parts that `seawall collect` would write to files.
import type { Manifest } from '../formats/recording/manifest.ts';
import type { Content } from './bytes.ts';

/** One file of the recording: what a command printed or a sampler saw, or a stretch of a log of this host. */
export interface RecordedPart {
  /** Where it lies in a recording's folder: `samples.jsonl`, `logs/var/log/nginx/access.log`. */
  readonly name: string;
  /** Named as a person would look it up: the log's own path, the command that printed it. */
  readonly content: Exclude<Content, string>;
}

export interface Recording {
  readonly manifest: Manifest;
  readonly parts: readonly RecordedPart[];
}

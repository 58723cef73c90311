// The host as seen by what looks at it and what changes it: the one joint for programs, files and processes of a live machine.

/** What a program that was run to its end left. */
export interface ProgramResult {
  /** Exit code; absent when a signal or the time limit ended it, or it could not be started. */
  readonly code?: number;
  /** Each cut at `outputMax`. */
  readonly stdout: string;
  readonly stderr: string;
  /** `missing`: no such program. `timeout`: ended by us. `signal`: ended by somebody else. */
  readonly failure?: 'missing' | 'timeout' | 'signal';
}

export interface ProgramOptions {
  readonly stdin?: string;
  /** Milliseconds until the program is ended; 10,000 when it is not said. */
  readonly timeoutMs?: number;
  /** Bytes kept of each output; 1 MiB when it is not said. */
  readonly outputMax?: number;
}

/** A program and its arguments: never a line for a shell. */
export type Argv = readonly [program: string, ...args: string[]];

/** A file as a change needs to know it, whole. */
export interface FileState {
  /** Bytes, base64: a change is stored as JSON. */
  readonly content: string;
  /** Permission bits, as of stat(2): 0o644 is 420. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** One process as /proc tells it. `startTicks` tells it from a later one with the same pid (proc_pid_stat(5), field 22). */
export interface ProcessId {
  readonly pid: number;
  readonly startTicks: number;
}

/** A request to a web server of this host: sent to an address and port, whatever DNS says of the name. */
export interface WebRequest {
  readonly address: string;
  readonly port: number;
  /** With TLS; any certificate will do, since it is the host itself that answers. */
  readonly tls: boolean;
  /** The Host header, and the name for TLS. */
  readonly host: string;
  readonly path: string;
  /** GET when it is not said. */
  readonly method?: 'GET' | 'HEAD' | 'POST';
  /** Milliseconds until it is given up, the whole answer counted; 5,000 when it is not said. */
  readonly timeoutMs?: number;
  /** Bytes of the answer that are kept; 4 KiB when it is not said. */
  readonly bodyMax?: number;
}

/** Where a program of this host listens. */
export type LocalDoor = { readonly path: string } | { readonly address: string; readonly port: number };

/** What is said to a program that listens, and when its answer is whole. */
export interface Talk {
  readonly door: LocalDoor;
  /** Sent first, when it is for us to begin. */
  readonly send?: Uint8Array;
  /** Asked after each piece: whether the answer is whole, or what to send next, after which a new answer begins. */
  isWhole(bytes: Uint8Array): boolean | Uint8Array;
  /** Milliseconds for all of it; 3,000 when it is not said. */
  readonly timeoutMs?: number;
  /** Bytes of an answer; 1 MiB when it is not said. */
  readonly most?: number;
}

/** `none`: why there is no whole answer; `bytes` is what had come of it. */
export type Conversation = { readonly bytes: Uint8Array } | { readonly none: string; readonly bytes: Uint8Array };

export interface WebAnswer {
  readonly status: number;
  /** From the request to the end of the answer. */
  readonly ms: number;
  /** The Location header of a redirect, cut at 500 characters. */
  readonly location?: string;
  /** At most `bodyMax`. */
  readonly body: string;
}

/**
 * What can be read from a host. Paths are absolute. What isn't there is `undefined`; what may not be read or fails otherwise
 * throws a HostError that names the path.
 */
export interface HostReader {
  run(argv: Argv, options?: ProgramOptions): Promise<ProgramResult>;
  /** The text of a file up to `max` bytes (1 MiB when it is not said), or `undefined` when there is none. For /proc, too. */
  readText(path: string, max?: number): string | undefined;
  /** The first `max` bytes of a file, or `undefined` when there is none. */
  readBytes(path: string, max: number): Uint8Array | undefined;
  /** Never follows a redirect. No answer in time, a refusal and a reset say so in words. */
  ask(request: WebRequest): Promise<WebAnswer | { readonly none: string }>;
  /** Never rejects. */
  converse(talk: Talk): Promise<Conversation>;
  /** Names in a folder, `undefined` when there is none. */
  list(path: string): readonly string[] | undefined;
  fileState(path: string): FileState | undefined;
  /** The process of this pid now, zombies not counted. */
  process(pid: number): ProcessId | undefined;
  /** Epoch milliseconds. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** What can be done to a host. */
export interface HostWriter {
  /** Whole or not at all: a temporary file beside it, synced, then renamed over it. Follows a symbolic link to its target. */
  writeFile(path: string, state: FileState): void;
  removeFile(path: string): void;
  /** Takes away what a `writeFile` of this path left beside it when it was cut short. */
  tidyFile(path: string): void;
  /** Makes the folder and those above it that are missing. */
  makeFolder(path: string, mode: number): void;
  /** @returns false when that very process is gone. */
  signal(process: ProcessId, signal: 'SIGTERM' | 'SIGKILL' | 'SIGHUP' | 'SIGUSR1'): boolean;
}

export type Host = HostReader & HostWriter;

/** Something on the host that could not be read or done; the message says what was tried, on what, and what came back. */
export class HostError extends Error {
  override readonly name = 'HostError';
}

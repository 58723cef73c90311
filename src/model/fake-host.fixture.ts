// For tests: a host in memory. Files and processes are maps, programs are a function, the clock moves only when somebody sleeps.
import {
  type Argv,
  type Conversation,
  type FileState,
  type Host,
  HostError,
  type ProcessId,
  type ProgramResult,
  type Talk,
  type WebAnswer,
  type WebRequest,
} from './host.ts';

export interface FakeHost extends Host {
  /** By absolute path. */
  readonly files: Map<string, FileState>;
  readonly processes: Map<number, ProcessId>;
  /** Every program that was run, in order, with what it read. */
  readonly ran: { readonly argv: Argv; readonly stdin: string | undefined }[];
  readonly signals: { readonly pid: number; readonly signal: string }[];
  clock: number;
}

/** What a fake program left: text on standard output, or all of it. `undefined`: no such program. */
export type FakeProgram = (argv: Argv, stdin: string | undefined) => string | Partial<ProgramResult> | undefined;

export function textFile(text: string, mode = 0o644): FileState {
  return { content: Buffer.from(text).toString('base64'), mode, uid: 0, gid: 0 };
}

/** `files`: texts by path. Processes that are signalled with SIGKILL or SIGTERM are gone. */
export function fakeHost(
  given: {
    readonly files?: Readonly<Record<string, string>>;
    readonly processes?: readonly ProcessId[];
    readonly program?: FakeProgram;
    readonly now?: number;
    readonly talk?: (talk: Talk) => Conversation;
    readonly answer?: (request: WebRequest) => WebAnswer | { readonly none: string };
  } = {},
): FakeHost {
  const files = new Map(Object.entries(given.files ?? {}).map(([path, text]) => [path, textFile(text)]));
  const processes = new Map((given.processes ?? []).map((one) => [one.pid, one]));
  const ran: FakeHost['ran'] = [];
  const signals: FakeHost['signals'] = [];
  const host: FakeHost = {
    files,
    processes,
    ran,
    signals,
    clock: given.now ?? Date.UTC(2026, 10, 22, 9, 0, 0),
    async run(argv, options) {
      ran.push({ argv, stdin: options?.stdin });
      const left = given.program?.(argv, options?.stdin);
      if (left === undefined) return { stdout: '', stderr: '', failure: 'missing' };
      if (typeof left === 'string') return { code: 0, stdout: left, stderr: '' };
      return { ...(left.failure === undefined && { code: 0 }), stdout: '', stderr: '', ...left };
    },
    readText(path, max) {
      const state = files.get(path);
      return state && Buffer.from(state.content, 'base64').subarray(0, max).toString('utf8');
    },
    readBytes(path, max) {
      const state = files.get(path);
      return state && Buffer.from(state.content, 'base64').subarray(0, max);
    },
    async ask(request) {
      return given.answer?.(request) ?? { none: 'nobody listens' };
    },
    async converse(talk) {
      return given.talk?.(talk) ?? { none: 'nobody listens', bytes: new Uint8Array() };
    },
    list(path) {
      const folder = path.endsWith('/') ? path : `${path}/`;
      const names = [...files.keys()].filter((one) => one.startsWith(folder));
      return names.length === 0
        ? undefined
        : [...new Set(names.map((one) => one.slice(folder.length).split('/')[0] ?? ''))].sort();
    },
    fileState: (path) => files.get(path),
    process: (pid) => processes.get(pid),
    now: () => host.clock,
    async sleep(ms) {
      host.clock += ms;
    },
    writeFile(path, state) {
      files.set(path, state);
    },
    removeFile(path) {
      files.delete(path);
    },
    tidyFile() {},
    makeFolder() {},
    signal(target, signal) {
      if (target.pid <= 1) throw new HostError(`Sending ${signal} to process ${target.pid}: refused.`);
      if (processes.get(target.pid)?.startTicks !== target.startTicks) return false;
      signals.push({ pid: target.pid, signal });
      if (signal === 'SIGKILL' || signal === 'SIGTERM') processes.delete(target.pid);
      return true;
    },
  };
  return host;
}

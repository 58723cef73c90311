// The threads that count parts of access logs, and who has them: what was counted stands in a thread's memory until it counts again.
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { kernelMemory } from '../engine/kernel-task.ts';
import type { WorkerAnswer } from './count-worker.ts';
import { countPart, type PartCount, type PartTask, type PlacedKernel } from './part-count.ts';

/** Of a thread's own heap, which only names and the formats stand in: the rest of a host's memory is needed elsewhere. */
const HEAP_MB = 16;
const YOUNG_MB = 1;

/** A part that was counted, and the thread that it stands on. */
export interface CountedPart {
  readonly part: PartCount;
  /** Counts another one, or this one again, in its place. */
  again(task: PartTask): Promise<CountedPart>;
  /** Gives the thread back. `settle` reads what is still to be read; it is called before the thread counts again, if it does. */
  release(settle?: () => void): void;
}

export interface CountThreads {
  readonly count: number;
  /**
   * Counts a part as soon as a thread is free; in the order of the calls.
   * @throws when the thread dies, or its kernel fails.
   */
  part(task: PartTask, onBytes: (bytes: number) => void): Promise<CountedPart>;
  /** Ends them, whatever they do. */
  end(): Promise<void>;
}

interface Thread {
  count(task: PartTask, onBytes: (bytes: number) => void): Promise<PartCount>;
  /** It can't be used any more. */
  readonly dead: boolean;
  end(): Promise<unknown>;
}

/**
 * So many threads, started when they are needed. The one that calls is the first of them: it would only wait, and it counts while a
 * worker still starts. Now and then it looks at what the others have to say.
 */
export function countThreads(module: WebAssembly.Module, count: number): CountThreads {
  const all: Thread[] = [];
  const free: { readonly thread: Thread; readonly settle: (() => void) | undefined }[] = [];
  const waiting: { readonly give: (thread: Thread) => void; readonly fail: (error: Error) => void }[] = [];
  let taken = 0;
  let ended = false;

  const acquire = (): Promise<Thread> =>
    new Promise((give, fail) => {
      waiting.push({ give, fail });
      serve();
    });

  const serve = (): void => {
    if (ended) for (const { fail } of waiting.splice(0)) fail(new Error('the threads were ended'));
    while (waiting.length > 0) {
      const thread = freeThread();
      if (!thread) return;
      taken++;
      waiting.shift()?.give(thread);
    }
  };

  const freeThread = (): Thread | undefined => {
    // One that holds nothing more is cheaper than one whose count must be read first.
    const idle = free.findIndex(({ settle }) => settle === undefined);
    if (idle < 0 && taken + free.length < count) {
      const thread = all.length === 0 ? ownThread({ module, memory: kernelMemory() }) : workerThread(module);
      all.push(thread);
      return thread;
    }
    const [next] = free.splice(Math.max(0, idle), 1);
    next?.settle?.();
    return next?.thread;
  };

  const release = (thread: Thread, settle?: () => void): void => {
    taken--;
    if (!thread.dead) free.push({ thread, settle });
    serve();
  };

  const run = async (thread: Thread, task: PartTask, onBytes: (bytes: number) => void): Promise<CountedPart> => {
    let part: PartCount;
    try {
      part = await thread.count(task, onBytes);
    } catch (error) {
      release(thread);
      throw error;
    }
    return {
      part,
      again: (other) => run(thread, other, () => {}),
      release: (settle) => release(thread, settle),
    };
  };

  return {
    count,
    part: async (task, onBytes) => run(await acquire(), task, onBytes),
    async end() {
      ended = true;
      serve();
      await Promise.all(all.map((thread) => thread.end()));
    },
  };
}

function ownThread(placed: PlacedKernel): Thread {
  return {
    dead: false,
    async count(task, onBytes) {
      // Others are given their tasks first.
      await setImmediate();
      return countPart(placed, task, onBytes);
    },
    end: async () => {},
  };
}

function workerThread(module: WebAssembly.Module): Thread {
  const own = import.meta.url;
  const worker = new Worker(new URL(own.endsWith('.ts') ? './count-worker.ts' : './count-worker.js', own), {
    workerData: { module },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  let job: Job | undefined;
  let died: string | undefined;
  const fail = (why: string): void => {
    died ??= why;
    job?.fail(new Error(died));
    job = undefined;
  };
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => fail(`its thread ended (${code})`));
  worker.on('message', (answer: WorkerAnswer) => {
    if (answer.kind === 'bytes') {
      job?.onBytes(answer.bytes);
      return;
    }
    const done = job;
    job = undefined;
    if (answer.kind === 'counted') done?.done(answer.part);
    else done?.fail(new Error(answer.why));
  });
  return {
    get dead() {
      return died !== undefined;
    },
    count: (task, onBytes) =>
      new Promise((done, fail) => {
        if (died !== undefined) {
          fail(new Error(died));
          return;
        }
        job = { done, fail, onBytes };
        worker.postMessage(task);
      }),
    end: () => worker.terminate(),
  };
}

interface Job {
  done(part: PartCount): void;
  fail(error: Error): void;
  onBytes(bytes: number): void;
}

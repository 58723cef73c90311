// A thread that counts parts of access logs in a kernel of its own: started by count-threads.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { kernelMemory } from '../engine/kernel-task.ts';
import { countPart, type PartCount, type PartTask } from './part-count.ts';

/** What it answers a task with: how far it is, now and then, and one of the others at the end. */
export type WorkerAnswer =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'counted'; readonly part: PartCount }
  | { readonly kind: 'failed'; readonly why: string };

const { module }: { module: WebAssembly.Module } = workerData;
const placed = { module, memory: kernelMemory() };

async function answer(task: PartTask): Promise<WorkerAnswer> {
  try {
    return { kind: 'counted', part: await countPart(placed, task, (bytes) => post({ kind: 'bytes', bytes })) };
  } catch (error) {
    return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
  }
}

function post(message: WorkerAnswer): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (task: PartTask) => void answer(task).then(post));

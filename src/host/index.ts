// The machine that we run on: the real programs, files and processes behind the joint of src/model/host.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../model/host.ts';
import { ask } from './ask.ts';

export { protectFromOomKiller } from './protect.ts';

import { converse } from './converse.ts';
import { fileState, list, makeFolder, readBytes, readText, removeFile, tidyFile, writeFile } from './files.ts';
import { processNow, signal } from './processes.ts';
import { runProgram } from './run.ts';

export const liveHost: Host = {
  run: runProgram,
  readText,
  readBytes,
  ask,
  converse,
  list,
  fileState,
  process: processNow,
  now: Date.now,
  sleep: async (ms) => {
    await sleep(ms);
  },
  writeFile,
  removeFile,
  tidyFile,
  makeFolder,
  signal,
};

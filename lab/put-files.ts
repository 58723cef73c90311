// Writes files inside the server. A program inside does it: from outside, a symbolic link there could lead to the machine's files.
import { join } from 'node:path';
import { mustRun } from './inside.ts';
import type { LabState } from './state.ts';
import type { InsideFile } from './web.ts';

export async function putFiles(state: LabState, files: readonly InsideFile[]): Promise<void> {
  const script = join(import.meta.dirname, 'inside/put-files.ts');
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', script] as const;
  await mustRun(state, 'server', node, { stdin: JSON.stringify(files), limited: false });
}

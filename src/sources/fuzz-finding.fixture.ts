// For tests: logs on which the kernel once differed from the reference parser, as scripts/fuzz-kernel.ts wrote them down.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { byKernel, byReference, type Feeding, kernelFormat, type Setting } from './kernel.fixture.ts';
import { differences } from './reading-differences.fixture.ts';

export const FINDINGS = join(import.meta.dirname, 'fuzz-findings');

export interface Finding {
  readonly setting: Setting;
  readonly feeding: Feeding;
  /** Each character stands for a byte. */
  readonly log: string;
}

/** In what the kernel and the reference parser differ; nothing for what is no log for the kernel. */
export async function disagreement({ log, setting, feeding }: Finding): Promise<string[]> {
  const bytes = Buffer.from(log, 'latin1');
  const format = kernelFormat(bytes);
  if (!format) return [];
  const expected = await byReference(bytes, format, setting);
  return differences(expected, await byKernel(bytes, format, setting, feeding), (feeding.parts ?? 1) > 1);
}

export function findings(): { readonly name: string; readonly finding: Finding }[] {
  return readdirSync(FINDINGS)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ name, finding: JSON.parse(readFileSync(join(FINDINGS, name), 'utf8')) }));
}

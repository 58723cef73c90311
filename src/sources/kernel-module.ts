// The log kernel as the build made it, compiled once.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type KernelModule = { readonly module: WebAssembly.Module } | { readonly why: string };

let loaded: KernelModule | undefined;

/** Never throws: a kernel that is missing or broken is an answer, and the reference parser reads instead. */
export function kernelModule(path?: string): KernelModule {
  if (path !== undefined) return load(path);
  loaded ??= load(builtKernel());
  return loaded;
}

function load(path: string): KernelModule {
  let bytes: Buffer<ArrayBuffer>;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { why: code === 'ENOENT' ? 'the kernel was not built' : `the kernel can't be read (${code})` };
  }
  try {
    return { module: new WebAssembly.Module(bytes) };
  } catch {
    return { why: 'the kernel is damaged: build it again' };
  }
}

/** dist/engine/kernel.wasm, seen from the built program or from its sources. */
function builtKernel(): string {
  const own = import.meta.url;
  return fileURLToPath(new URL(own.endsWith('.ts') ? '../../dist/engine/kernel.wasm' : '../engine/kernel.wasm', own));
}

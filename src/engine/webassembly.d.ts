// What the log kernel's host needs of WebAssembly: the types stand in TypeScript's library of the browser, and in none of Node's.
// WebAssembly JavaScript Interface, W3C.

declare namespace WebAssembly {
  class Module {
    constructor(bytes: ArrayBufferView | ArrayBuffer);
  }

  class Memory {
    /** In pages of 64 kB. */
    constructor(descriptor: { readonly initial: number; readonly maximum?: number; readonly shared?: boolean });
    /** Another one whenever the memory has grown. */
    readonly buffer: SharedArrayBuffer;
  }

  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
}

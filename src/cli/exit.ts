// How a command ends: its exit code, and what a person is told when it failed.

export const EXIT = {
  /** Done; for `diagnose`: nothing is wrong. */
  done: 0,
  /** Something is wrong, and it was said what. */
  wrong: 1,
  /** Wrong usage or unreadable input. */
  usage: 2,
  /** Could not tell. */
  unknown: 3,
} as const;

/** So that what was begun is tidied up when a person interrupts: an exit runs its listeners, a signal by itself does not. */
export function exitOnSignals(): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.once(signal, () => process.exit(code));
}

/** What a person gave wrongly, by name: loading the modules that throw them would make help slow. */
const MEANT_FOR_PEOPLE = new Set(['OptionError', 'PathError']);

/** Says what went wrong on standard error, with the stack for `--debug` alone, and returns the exit code. */
export function sayError(error: unknown, debug: boolean): number {
  const text = error instanceof Error ? error.message : String(error);
  const known = error instanceof Error && MEANT_FOR_PEOPLE.has(error.name);
  const hint = known ? '' : '\nThis is a fault of seawall itself. Run it again with --debug to see where it is.';
  process.stderr.write(`seawall: ${text}${hint}\n`);
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return EXIT.usage;
}

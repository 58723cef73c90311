// What a signal's number means, for sentences on processes that died of one.

/** " (segmentation fault)": what the signals mean that a program raises by its own fault (signal(7)). */
export function signalName(signal: number): string {
  const names: Readonly<Record<number, string>> = {
    4: 'illegal instruction',
    6: 'abort',
    7: 'bus error',
    8: 'arithmetic error',
    9: 'kill',
    11: 'segmentation fault',
    15: 'terminate',
  };
  const name = names[signal];
  return name === undefined ? '' : ` (${name})`;
}

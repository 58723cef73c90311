// What read a log, where there is a choice: the kernel, or the reference parser that everything is held to.
import { many } from '../../model/figures.ts';

interface ReadBy {
  readonly engine?: 'kernel' | 'reference';
  readonly engineNote?: string;
}

const NAMES = { kernel: 'the kernel', reference: 'the reference parser' } as const;

/** "read by the reference parser: JSON lines"; the note is hostile. `undefined` where there is no choice. */
export function readByWords({ engine, engineNote }: ReadBy): string | undefined {
  if (engine === undefined) return undefined;
  return `read by ${NAMES[engine]}${engineNote === undefined ? '' : `: ${engineNote}`}`;
}

/** "2 access logs read by the kernel, 1 by the reference parser"; `undefined` without any. */
export function readByCounts(sources: readonly ReadBy[]): string | undefined {
  const counts = (['kernel', 'reference'] as const)
    .map((engine) => ({ engine, count: sources.filter((source) => source.engine === engine).length }))
    .filter(({ count }) => count > 0);
  const [first, second] = counts;
  if (!first) return undefined;
  const rest = second ? `, ${second.count} by ${NAMES[second.engine]}` : '';
  return `${many(first.count, 'access log')} read by ${NAMES[first.engine]}${rest}`;
}

// A format string may log one thing twice; this chooses the directive that says it best.
import type { FieldName } from './fields.ts';

/** A directive of a format string and what it could fill. */
export interface Directive {
  /** As written: "%>s", "$status". */
  readonly name: string;
  /** Of its first character, counted from 1. */
  readonly place: number;
  /** `client`, `bytes` ...; directives of one group compete, the lowest rank wins, then the first. */
  readonly field: FieldName;
  readonly group: string;
  readonly rank: number;
}

/** Directives that a whole request line makes superfluous. */
const IN_REQUEST: readonly FieldName[] = ['method', 'target', 'query', 'protocol'];

/** The field of each directive, `skip` for those that lost. */
export function chooseFields(directives: readonly Directive[]): FieldName[] {
  const hasRequest = directives.some((directive) => directive.field === 'request');
  const best = new Map<string, Directive>();
  for (const directive of directives) {
    const rival = best.get(directive.group);
    if (!rival || directive.rank < rival.rank) best.set(directive.group, directive);
  }
  return directives.map((directive) => {
    if (hasRequest && IN_REQUEST.includes(directive.field)) return 'skip';
    return best.get(directive.group) === directive ? directive.field : 'skip';
  });
}

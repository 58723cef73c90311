// What was assumed, noticed or left out while reading the evidence, in words.

import { many } from '../../model/figures.ts';
import type { Findings } from '../../model/findings.ts';

/** A line each; it may hold text from logs. */
export function assumptionLines({ dossier, verdict }: Pick<Findings, 'dossier' | 'verdict'>): string[] {
  const lines = [...dossier.assumptions];
  for (const source of dossier.sources) {
    for (const note of source.notes) lines.push(`${source.path}: ${note}`);
    if (source.unreadable > 0 && source.firstUnreadable !== undefined) {
      lines.push(
        `${source.path}: ${many(source.unreadable, 'line')} unreadable, the first: ${source.firstUnreadable.slice(0, 80)}`,
      );
    }
  }
  // The licence of the data asks for its source wherever an owner is named.
  const told = [...verdict.remarks, ...verdict.culprits.flatMap(({ facts }) => facts)];
  if (dossier.ownersFrom && told.some((text) => /\(AS\d+/.test(text)))
    lines.push(`Owners of networks as of ${dossier.ownersFrom.date}: ${dossier.ownersFrom.attribution}`);
  if (dossier.eventsDropped > 0)
    lines.push(`${many(dossier.eventsDropped, 'event')} beyond the bound were counted, not kept.`);
  if (dossier.samplesDropped > 0)
    lines.push(`${many(dossier.samplesDropped, 'sample')} beyond the bound were counted, not kept.`);
  return [...new Set(lines)];
}

// What was assumed, noticed or left out while reading the evidence, in words.
import type { Dossier } from '../../model/dossier.ts';
import { many } from '../../model/figures.ts';

/** A line each; it may hold text from logs. */
export function assumptionLines(dossier: Dossier): string[] {
  const lines = [...dossier.assumptions];
  for (const source of dossier.sources) {
    for (const note of source.notes) lines.push(`${source.path}: ${note}`);
    if (source.unreadable > 0 && source.firstUnreadable !== undefined) {
      lines.push(
        `${source.path}: ${many(source.unreadable, 'line')} unreadable, the first: ${source.firstUnreadable.slice(0, 80)}`,
      );
    }
  }
  if (dossier.ownersFrom && dossier.owners && dossier.owners.size > 0)
    lines.push(`Owners of networks as of ${dossier.ownersFrom.date}: ${dossier.ownersFrom.attribution}`);
  if (dossier.eventsDropped > 0)
    lines.push(`${many(dossier.eventsDropped, 'event')} beyond the bound were counted, not kept.`);
  if (dossier.samplesDropped > 0)
    lines.push(`${many(dossier.samplesDropped, 'sample')} beyond the bound were counted, not kept.`);
  return [...new Set(lines)];
}

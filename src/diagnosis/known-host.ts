// What the evidence says of the host itself, as far as it bears on what to type there.
import type { Dossier } from '../model/dossier.ts';
import type { KnownHost } from '../model/remedy.ts';

/** The web server, where all that tells agrees: its error log, its unit, its processes, or the format of the access log. */
export function knownHost(dossier: Dossier): KnownHost {
  const seen = new Set<'apache' | 'nginx'>();
  for (const event of dossier.events) {
    if (event.kind === 'web' && event.server !== 'other') seen.add(event.server);
    else if (event.kind === 'unit' && event.role === 'web') {
      if (/^nginx\b/.test(event.unit)) seen.add('nginx');
      else if (/^(?:apache2|httpd)\b/.test(event.unit)) seen.add('apache');
    }
  }
  for (const program of dossier.samples.flatMap((sample) => sample.programs ?? [])) {
    if (/^(?:apache2|httpd)$/.test(program.name)) seen.add('apache');
    else if (program.name === 'nginx') seen.add('nginx');
  }
  for (const { format, title } of dossier.sources) {
    if (!format.startsWith('access-log')) continue;
    if (title.includes('(nginx)')) seen.add('nginx');
    else if (title.includes('(Apache)')) seen.add('apache');
  }
  const [only, other] = seen;
  return only !== undefined && other === undefined ? { web: only } : {};
}

// Sentences on what is in flight: who holds which workers, for how long, for what. No log has it yet.
import type { Dossier } from '../../model/dossier.ts';
import { count, duration, many, percent, quoted } from '../../model/figures.ts';
import { type Holder, type InFlightView, inFlightView } from '../../model/in-flight.ts';
import type { Clock } from '../text/clock.ts';

const SEEN_BY = {
  cgi: 'by the environment of the CGI processes',
  fpm: "by PHP-FPM's status",
  apache: "by Apache's status",
  socket: 'by the sockets of clients that wait for an answer',
} as const;

const HOLDERS_SHOWN = 6;

export interface InFlightWords {
  readonly heading: string;
  readonly summary: string;
  /** A line a source, heaviest first. */
  readonly lines: readonly string[];
}

/** `undefined` when nobody looked, or nothing was in flight. */
export function inFlightWords(dossier: Dossier, clock: Clock): InFlightWords | undefined {
  const view = inFlightView(dossier.samples);
  if (!view || view.peak === 0) return undefined;
  const shown = view.holders.slice(0, HOLDERS_SHOWN);
  const rest = view.addresses - shown.length;
  return {
    heading: 'In flight',
    summary: `${capitalised(many(view.last, 'request'))} in flight at ${clock.time(view.lastAt)}, at most ${count(view.peak)} at once, ${SEEN_BY[view.seenBy]}:`,
    lines: [
      ...shown.map((holder) => holderWords(holder, view)),
      ...(rest > 0 ? [`${many(rest, 'more address', 'more addresses')}`] : []),
    ],
  };
}

function holderWords(holder: Holder, view: InFlightView): string {
  const what =
    holder.endpoint === undefined
      ? ''
      : `, ${(holder.endpointShare ?? 1) < 1 ? `${percent(holder.endpointShare ?? 0)} of them ` : ''}${quoted(holder.endpoint, 80)}`;
  const share = view.addresses > 1 ? `${percent(holder.share)} of the time: ` : '';
  return `${holder.id}: ${share}${count(holder.atOnce)} at once, ${many(holder.requests, 'request')} seen, the oldest ${duration(holder.oldestS)} old${what}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

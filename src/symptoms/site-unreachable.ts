// Time-out, refusal or reset at the door: the probe gets no answer, or clients are not let in.
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import type { Detector } from './view/detector.ts';
import { quotes } from './view/events.ts';
import { episodes, median, sampledEpisodes, visitorWindows } from './view/series.ts';

const PEERS_MIN = 5;

export const siteUnreachable: Detector<'site-unreachable'> = {
  id: 'site-unreachable',
  detect(dossier) {
    const probed = fromProbe(dossier);
    if (probed.length > 0) return probed;
    const captured = fromPackets(dossier);
    return captured.length > 0 ? captured : fromSilence(dossier);
  },
};

function fromProbe(dossier: Dossier): Symptom<'site-unreachable'>[] {
  const probes = dossier.samples.filter((sample) => sample.probe !== undefined);
  const failed = sampledEpisodes(probes, (sample) => sample.probe?.status === undefined, 60_000).filter(
    (episode) => episode.length >= 2,
  );
  const first = failed[0]?.[0];
  const last = failed.at(-1)?.at(-1);
  if (!first || !last) return [];
  const failures = failed.reduce((sum, episode) => sum + episode.length, 0);
  return [
    {
      id: 'site-unreachable',
      span: { from: first.at, to: last.at },
      certainty: 'observed',
      measure: { failures, attempts: probes.length, seenBy: 'probe' },
      evidence: quotes(failed.flat()),
    },
  ];
}

/** Many different peers knock and none gets in. One alone may be blocked in the firewall: a capture sees it all the same. */
function fromPackets(dossier: Dossier): Symptom<'site-unreachable'>[] {
  const packets = dossier.packets;
  if (!packets) return [];
  const knocking = packets.peers.filter((peer) => peer.syns >= 2);
  const shut = knocking.filter((peer) => peer.established === 0);
  if (shut.length < PEERS_MIN || shut.length < knocking.length * 0.5) return [];
  return [
    {
      id: 'site-unreachable',
      span: { from: packets.first, to: packets.last },
      certainty: 'observed',
      measure: { failures: shut.length, attempts: knocking.length, seenBy: 'packets' },
      evidence: packets.evidence.slice(0, 3),
    },
  ];
}

/** Visitors in a window that make its silence tell something. */
const VISITORS_NORMAL = 10;
const SILENT_SHARE = 0.3;
/** A longer silence is more likely a log that is missing. */
const SILENCE_MAX_MS = 2 * 3_600_000;
const SILENCE_MIN_MS = 240_000;

/**
 * The access log falls nearly silent at once, between times of steady traffic: those who are not let in are not logged.
 * A night falls slowly; a log that is missing has no line at all.
 */
function fromSilence(dossier: Dossier): Symptom<'site-unreachable'>[] {
  const traffic = dossier.traffic;
  if (!traffic) return [];
  const { windows, widthMs } = visitorWindows(traffic);
  const usual = median(windows.filter(({ value }) => value > 0).map(({ value }) => value)) ?? 0;
  if (usual < VISITORS_NORMAL) return [];
  const quiet = episodes(windows, (window) => window.value <= usual * SILENT_SHARE, widthMs).find((episode) => {
    const first = episode[0];
    const last = episode.at(-1);
    if (!first || !last || episode.every(({ value }) => value === 0)) return false;
    const length = last.at + widthMs - first.at;
    if (length < Math.max(SILENCE_MIN_MS, widthMs * 2) || length > SILENCE_MAX_MS) return false;
    // The windows right beside it are silent in part.
    return (
      isSteady(windows, first.at - 4 * widthMs, first.at - widthMs, usual) &&
      isSteady(windows, last.at + 2 * widthMs, last.at + 5 * widthMs, usual)
    );
  });
  const first = quiet?.[0];
  const last = quiet?.at(-1);
  if (!quiet || !first || !last) return [];
  const came = quiet.reduce((sum, { value }) => sum + value, 0);
  return [
    {
      id: 'site-unreachable',
      span: { from: first.at, to: last.at + widthMs },
      certainty: 'inferred',
      measure: {
        failures: Math.round(usual * quiet.length - came),
        attempts: Math.round(usual * quiet.length),
        seenBy: 'access-log',
      },
      evidence: [],
    },
  ];
}

function isSteady(
  windows: readonly { readonly at: number; readonly value: number }[],
  from: number,
  to: number,
  usual: number,
): boolean {
  const beside = windows.filter(({ at }) => at >= from && at < to);
  return beside.length >= 2 && beside.every(({ value }) => value >= usual * 0.5);
}

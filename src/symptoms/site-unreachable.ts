// Time-out, refusal or reset at the door: the probe gets no answer, or clients are not let in.
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import type { Detector } from './view/detector.ts';
import { quotes } from './view/events.ts';
import { episodes } from './view/series.ts';

const PEERS_MIN = 5;

export const siteUnreachable: Detector<'site-unreachable'> = {
  id: 'site-unreachable',
  detect(dossier) {
    const probed = fromProbe(dossier);
    return probed.length > 0 ? probed : fromPackets(dossier);
  },
};

function fromProbe(dossier: Dossier): Symptom<'site-unreachable'>[] {
  const probes = dossier.samples.filter((sample) => sample.probe !== undefined);
  const failed = episodes(probes, (sample) => sample.probe?.status === undefined, 60_000).filter(
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

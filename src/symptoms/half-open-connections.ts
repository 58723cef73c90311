// Half-open connections: SYNs that never become connections fill the backlog.
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, quotes } from './view/events.ts';
import { calm, isBrief, sampledEpisodes } from './view/series.ts';

const HALF_OPEN_MIN = 50;
const SYNS_MIN = 300;

export const halfOpenConnections: Detector<'half-open-connections'> = {
  id: 'half-open-connections',
  detect(dossier) {
    const sampled = fromConnections(dossier);
    if (sampled.length > 0) return sampled;
    const captured = fromPackets(dossier);
    return captured.length > 0 ? captured : fromKernel(dossier);
  },
};

function fromConnections(dossier: Dossier): Symptom<'half-open-connections'>[] {
  const points = dossier.samples.flatMap((sample) => {
    if (!sample.connections) return [];
    const half = sample.connections.filter((connection) => /^SYN[-_]REC/.test(connection.state));
    const value = half.reduce((sum, connection) => sum + connection.count, 0);
    return [{ at: sample.at, value, half, evidence: sample.evidence }];
  });
  const normal = calm(points.map((point) => point.value)) ?? 0;
  const many = sampledEpisodes(
    points,
    (point) => point.value >= Math.max(HALF_OPEN_MIN, isBrief(points) ? 0 : normal * 5),
    60_000,
  ).sort((a, b) => b.length - a.length)[0];
  const first = many?.[0];
  const last = many?.at(-1);
  if (!many || !first || !last) return [];
  const worst = many.reduce((most, point) => (point.value > most.value ? point : most));
  const top = worst.half.toSorted((a, b) => b.count - a.count)[0];
  return [
    {
      id: 'half-open-connections',
      span: { from: first.at, to: last.at },
      certainty: 'observed',
      measure: {
        peak: worst.value,
        sources: new Set(worst.half.map((connection) => connection.peer)).size,
        ...(top && top.count >= worst.value * 0.5 && { topSource: top.peer }),
      },
      evidence: [
        ...eventsOf(dossier, 'kernel', (event) => event.what === 'syn-flood').map((event) => event.evidence),
        ...quotes(many),
      ].slice(0, 4),
    },
  ];
}

function fromPackets(dossier: Dossier): Symptom<'half-open-connections'>[] {
  const packets = dossier.packets;
  if (!packets) return [];
  const syns = packets.peers.reduce((sum, peer) => sum + peer.syns, 0);
  const established = packets.peers.reduce((sum, peer) => sum + Math.min(peer.established, peer.syns), 0);
  const shut = packets.peers.filter((peer) => peer.syns > 0 && peer.established === 0);
  if (syns < SYNS_MIN || established > syns * 0.2 || shut.length < 2) return [];
  return [
    {
      id: 'half-open-connections',
      span: { from: packets.first, to: packets.last },
      certainty: 'observed',
      measure: { peak: syns - established, sources: shut.length + packets.foldedPeers },
      evidence: packets.evidence.slice(0, 3),
    },
  ];
}

function fromKernel(dossier: Dossier): Symptom<'half-open-connections'>[] {
  const warned = eventsOf(dossier, 'kernel', (event) => event.what === 'syn-flood');
  if (warned.length === 0) return [];
  return [
    {
      id: 'half-open-connections',
      span: eventSpan(warned),
      certainty: 'observed',
      measure: { peak: 0, sources: 0 },
      evidence: quotes(warned),
    },
  ];
}

// The ordinary visitors who are there before, while and after anything happens.
import type { Lab } from '../index.ts';
import type { Traffic } from '../traffic.ts';
import { addresses } from './scenario.ts';

const READERS = addresses('198.51.100.', 10, 29);
const PHONE = '198.51.100.50';

export const VISITORS: readonly string[] = ['198.51.100.0/24', '2001:db8:cafe::/48'];

/** A page every three seconds, and now and then WordPress's phone app. */
export function ordinaryVisitors(lab: Lab, seconds: number): readonly Traffic[] {
  return [
    lab.visitors(
      [
        { actor: 'browser', perSecond: 0.25, sources: READERS },
        { actor: 'phone-app', perSecond: 0.04, from: 7, sources: [PHONE] },
      ],
      seconds,
    ),
    lab.visitors(
      [{ actor: 'browser', perSecond: 0.08, from: 5, sources: addresses('2001:db8:cafe::', 10, 14) }],
      seconds,
      {
        ipv6: true,
      },
    ),
  ];
}

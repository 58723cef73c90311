// Whom a remedy would have hit in the recorded traffic, in words.

import { many, percent, some } from '../../model/figures.ts';
import type { Reach } from '../../model/remedy.ts';

export function reachSentence(reach: Reach): string {
  const stops =
    reach.requests > 0
      ? `In the record it would have stopped ${many(reach.requests, 'request')} (${percent(reach.costShare)} of the worker time)`
      : 'It would have stopped nothing in the record';
  const others =
    reach.bystanderCount > 0
      ? `and hit ${many(reach.bystanderCount, 'other')}: ${some(reach.bystanders, reach.bystanderCount, 4)}.`
      : 'and hit nobody else.';
  return `${stops} ${others}`;
}

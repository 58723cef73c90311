// A response in words.
import { duration, many } from '../../model/figures.ts';
import type { RemedyKind } from '../../model/remedy.ts';
import type { Calm, ResponseStep, Stage, StepOutcome } from '../../model/response.ts';

export const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  stop: 'stop the cause',
  limit: 'limit what it can take',
  clear: 'clear the pile',
  start: 'start what is down',
  repair: 'repair what was left open',
};

export function outcomeWords(outcome: StepOutcome): string {
  switch (outcome.kind) {
    case 'done':
      return `Done (act ${outcome.act}).`;
    case 'unproved':
      return `Done (act ${outcome.act}), but it shows no effect. It stands until: seawall undo ${outcome.act}`;
    case 'failed':
      return `Failed${outcome.act === undefined ? '' : ` (act ${outcome.act})`}: ${outcome.why}`;
    case 'refused':
    case 'unneeded':
      return 'why' in outcome ? outcome.why : enoughWords(outcome.because);
    case 'declined':
      return 'Left out, as you said.';
    case 'planned':
      return 'Only shown: this is a dry run.';
  }
}

export function enoughWords(kind: RemedyKind): string {
  return `left out, because the ${kind.replaceAll('-', ' ')} is enough, and this would hit others too.`;
}

export function unsureWords(steps: readonly ResponseStep[]): string {
  const titles = steps.map(({ title }) => title).join('; ');
  return `The diagnosis is not sure enough to keep anybody out without a person who says so (${titles}). To be asked for each step, run seawall respond on a terminal, without --yes.`;
}

export function calmSentence({ well, since, watchedS, signs, relapse }: Calm): string {
  const watched = `watched for ${duration(Math.round(watchedS))}`;
  if (relapse !== undefined) return `It goes on: ${relapse} (${watched}).`;
  if (signs.length === 0) return `Nothing could be seen of it (${watched}).`;
  if (well) return `All of it holds without a break (${watched}).`;
  const bad = signs.filter((sign) => !sign.well).length;
  if (bad > 0)
    return `${many(bad, 'sign')} of ${signs.length} ${bad === 1 ? 'is not as it' : 'are not as they'} should be (${watched}).`;
  return since === undefined ? `It does not hold (${watched}).` : `It holds, but not for long enough yet (${watched}).`;
}

// What each symptom says, in one sentence with its figures: the door to all sentences on symptoms.
import type { Dossier } from '../../model/dossier.ts';
import type { Symptom, SymptomId } from '../../model/symptom.ts';
import { type Clock, clockOf } from '../text/clock.ts';
import type { SymptomWords, WordsOf } from './symptom-words.ts';
import { DATABASE_WORDS } from './symptoms-database.ts';
import { HOST_WORDS } from './symptoms-host.ts';
import { SITE_WORDS } from './symptoms-site.ts';
import { TRAFFIC_WORDS } from './symptoms-traffic.ts';

const WORDS: WordsOf<SymptomId> = { ...SITE_WORDS, ...DATABASE_WORDS, ...HOST_WORDS, ...TRAFFIC_WORDS };

/**
 * One sentence on the symptom: what, how much, when (in the host's zone). An inference is called one.
 * It may hold text from logs: escape it for where it is shown.
 */
export function symptomSentence(symptom: Symptom, dossier: Dossier, clock: Clock = clockOf(dossier)): string {
  // The table has the words of exactly this id, which the type checker can't follow through the union.
  const say = WORDS[symptom.id] as SymptomWords<SymptomId>;
  const sentence = say(symptom, clock);
  if (symptom.certainty === 'observed') return sentence;
  return `${sentence} ${inferenceNote(symptom)}`;
}

function inferenceNote(symptom: Symptom): string {
  const because = symptom.id === 'oom-kill' ? symptom.measure.because : undefined;
  if (because === undefined || because.trim() === '') return '(Inferred: no source says so itself.)';
  const reason = because.trim().replace(/\.$/, '');
  return /^because\b/i.test(reason) ? `(Inferred, ${reason}.)` : `(Inferred, because ${reason}.)`;
}

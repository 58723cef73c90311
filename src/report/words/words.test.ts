import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../model/event.ts';
import { evidence } from '../../model/evidence.ts';
import { SYMPTOM_IDS } from '../../model/symptom.ts';
import { CAUSES } from '../../model/verdict.ts';
import { FROM, findingsOf, symptomOf } from '../symptoms.fixture.ts';
import { symptomSentence } from './symptoms.ts';
import { verdictSentence, warningSentence } from './verdict.ts';

const { dossier } = findingsOf('none', []);
const say = (...args: Parameters<typeof symptomOf>) => symptomSentence(symptomOf(...args), dossier);

describe('the sentence on a symptom', () => {
  it('is one, with a full stop, for every symptom', () => {
    for (const id of SYMPTOM_IDS) {
      const sentence = say(id);
      expect(sentence, id).toMatch(/^\w.*\.$/);
      expect(sentence, id).not.toMatch(/undefined|NaN|\? |Infinity| {2}|\.\./);
    }
  });

  it('has the figures, rounded, with memory in MB and GB', () => {
    expect(say('worker-pileup')).toContain(
      '94 php-cgi at once from 08:12 to 08:41, normally 2; each has 35 MB of its own',
    );
    expect(say('oom-kill')).toContain('94 php-cgi, 3.2 GB');
    expect(say('pingback-requests')).toContain(
      '1,744 pingback calls from 203.0.113.66 from 08:12 to 08:41, once a second',
    );
  });

  it("tells times in the host's zone", () => {
    const west = { ...dossier, zone: { name: 'America/Los_Angeles', assumed: false } };
    expect(symptomSentence(symptomOf('database-killed'), west)).toContain('from 00:12 to 00:41');
  });

  it('calls an inference one', () => {
    const sentence = symptomSentence(
      symptomOf('oom-kill', { because: 'the journal says signal 9.' }, 'inferred'),
      dossier,
    );
    expect(sentence).toMatch(/^Most likely the kernel killed mysqld/);
    expect(sentence).toContain('(Inferred, because the journal says signal 9.)');
    expect(say('database-down', {}, 'inferred')).toContain('Inferred');
  });
});

describe('the sentence on the verdict', () => {
  it('exists for every cause, with and without symptoms', () => {
    const all = SYMPTOM_IDS.map((id) => symptomOf(id));
    for (const cause of CAUSES) {
      for (const findings of [findingsOf(cause, all), findingsOf(cause, [])]) {
        const sentence = verdictSentence(findings);
        expect(sentence, cause).toMatch(/^[A-Z].*\.$/);
        expect(sentence, cause).not.toMatch(/undefined|NaN|Infinity| {2}|\.\./);
      }
    }
  });

  it('tells a client what happened, by whom, and what came of it', () => {
    const findings = findingsOf(
      'pingback-abuse',
      [symptomOf('pingback-requests'), symptomOf('memory-exhausted'), symptomOf('database-killed')],
      { culprits: [{ kind: 'address', id: '203.0.113.66', share: 0.97, facts: [] }] },
    );
    expect(verdictSentence(findings)).toBe(
      "From 08:12 to 08:41 one address (203.0.113.66) used the site's pingback function once a second to make it call others; each call held a PHP worker for 11 seconds, memory ran out and the database was killed.",
    );
  });

  it('says that the kernel killed it only when a source says so', () => {
    const inferred = findingsOf('flash-crowd', [
      symptomOf('traffic-spike'),
      symptomOf('oom-kill', { because: 'no kernel log' }, 'inferred'),
      symptomOf('database-killed'),
    ]);
    expect(verdictSentence(inferred)).toContain(
      'the database was killed, most likely by the kernel for want of memory',
    );
  });

  it('names nobody but the culprits of the verdict', () => {
    for (const cause of CAUSES) {
      const sentence = verdictSentence(
        findingsOf(
          cause,
          SYMPTOM_IDS.map((id) => symptomOf(id)),
        ),
      );
      expect(sentence, cause).not.toContain('203.0.113.66');
    }
  });

  it('finds an orderly stop among the events', () => {
    const findings = findingsOf('service-stopped', [symptomOf('database-down')]);
    const stop: LogEvent = {
      kind: 'unit',
      unit: 'mariadb.service',
      role: 'database',
      change: 'stopping',
      at: FROM,
      until: FROM,
      count: 1,
      evidence: evidence('journal', 1, ''),
    };
    const sentence = verdictSentence({ ...findings, dossier: { ...findings.dossier, events: [stop] } });
    expect(sentence).toMatch(/^At 08:12:00 mariadb\.service was stopped in an orderly way/);
  });

  it('is helpful when it is not known: what is missing, and the command', () => {
    const findings = findingsOf('unknown', [symptomOf('site-error')], {
      missing: [{ what: 'The kernel log.', command: 'journalctl -k' }],
    });
    expect(verdictSentence(findings)).toContain('site error');
    expect(verdictSentence(findings)).toContain('The kernel log; get it with: journalctl -k');
  });

  it('warns only when a guessed password was possibly accepted', () => {
    expect(warningSentence(findingsOf('login-brute-force', [], { compromised: 'possible' }).verdict)).toContain(
      'ACCEPTED',
    );
    expect(warningSentence(findingsOf('login-brute-force', [], { compromised: 'unknown' }).verdict)).toBeUndefined();
  });
});

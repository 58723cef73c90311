import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Prepared } from '../model/act.ts';
import type { StepReport } from '../model/response.ts';
import { hostileText } from './hostile.fixture.ts';
import { calmText, leftOutText, outcomeText, stepText, undoText } from './response.ts';

const look = { width: 80, colour: false };
const step = {
  stage: 'stop',
  title: 'Block it',
  plan: { kind: 'block', targets: ['203.0.113.66'], forSeconds: 21_600, reason: 'cause: pingback-abuse' },
} as const;
const prepared: Prepared = {
  title: 'Drop what comes from 203.0.113.66',
  changes: [{ kind: 'ban', targets: ['203.0.113.66'], until: 1 }],
  notes: ['Nobody else is hit.'],
};
const done: StepReport = {
  step,
  prepared,
  outcome: { kind: 'done', act: 7, proofs: [{ ok: true, text: '31 packets were dropped in 3.0 s.' }] },
};

describe('a response on a terminal', () => {
  it('shows what a step does, exactly, before it is taken', () => {
    const text = stepText({ number: 1, of: 4, step, prepared, lines: ['nft -f -', '  add table inet seawall'] }, look);
    expect(text).toContain('── Step 1 of 4: stop the cause ─');
    expect(text).toContain(' Drop what comes from 203.0.113.66\n   cause: pingback-abuse\n');
    expect(text).toContain('     nft -f -\n       add table inet seawall\n   Nobody else is hit.\n');
  });

  it('says what became of it, with the proof', () => {
    expect(outcomeText(done, look)).toBe(' Done (act 7).\n   ✓ 31 packets were dropped in 3.0 s.\n');
    expect(outcomeText({ step, outcome: { kind: 'refused', why: 'It is your own address.' } }, look)).toBe(
      ' Block it: It is your own address.\n',
    );
    const proofs = [{ ok: false, text: 'The front page answers 500.' }];
    expect(outcomeText({ step, prepared, outcome: { kind: 'unproved', act: 8, proofs } }, look)).toBe(
      ' Done (act 8), but it shows no effect. It stands until: seawall undo 8\n   ✗ The front page answers 500.\n',
    );
  });

  it('says how what stands is taken back, and nothing of what is over', () => {
    expect(undoText([done], look)).toContain(' - Drop what comes from 203.0.113.66\n     seawall undo 7\n');
    const restart: StepReport = { ...done, prepared: { ...prepared, changes: [{ kind: 'cut', targets: [] }] } };
    expect(undoText([restart, { step, outcome: { kind: 'declined' } }], look)).toBe('');
  });

  it('says whether the site is well again, sign by sign', () => {
    const signs = [
      { of: 'site', well: true, text: 'the front page: 500 after 0.3 s -> 200 after 0.2 s' },
      { of: 'database', well: false, text: 'the database: down' },
    ] as const;
    expect(calmText({ well: false, signs, watchedS: 60 }, look)).toBe(
      [
        '',
        `── The site is not well yet ${'─'.repeat(51)}`,
        ' 1 sign of 2 is not as it should be (watched for 60 seconds).',
        '   ✓ the front page: 500 after 0.3 s -> 200 after 0.2 s',
        '   ✗ the database: down',
        '',
      ].join('\n'),
    );
    expect(calmText({ well: true, signs: [signs[0]], since: 1, watchedS: 15 }, look)).toContain(
      'The site is well again',
    );
  });

  it('says what is left to a person, and what it does not dare', () => {
    expect(leftOutText({ steps: [], unsure: [], byHand: [] }, look)).toBe('');
    const text = leftOutText(
      {
        steps: [],
        unsure: [step],
        byHand: [{ plan: step.plan, preview: { title: 'Change the passwords', commands: ['wp user list'], undo: [] } }],
      },
      look,
    );
    expect(text).toContain('not sure enough to keep anybody out');
    expect(text).toContain(' - Change the passwords\n     wp user list\n');
  });

  it('lets nothing hostile through to the terminal', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = { ...prepared, title: text, notes: [text] };
        const all = [
          stepText({ number: 1, of: 1, step, prepared: shown, lines: [text] }, look),
          outcomeText({ step, outcome: { kind: 'refused', why: text } }, look),
          undoText([{ ...done, prepared: shown }], look),
        ];
        for (const one of all) expect(one).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

// Asks the person at the terminal whether to take a step.
import { createInterface } from 'node:readline/promises';

export type Decision = 'yes' | 'no' | 'quit';

/** Whoever goes away or interrupts has said that nothing more is to be done. */
export async function askStep(question: string): Promise<Decision> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new Promise<string>((resolve) => {
    lines.once('close', () => resolve('q'));
    lines.once('SIGINT', () => resolve('q'));
  });
  try {
    for (;;) {
      const answer = (await Promise.race([lines.question(`${question} [y]es, [n]o, [q]uit: `), gone])).trim();
      const decision = decisionOf(answer);
      if (decision) return decision;
    }
  } finally {
    lines.close();
  }
}

/** `undefined` for anything that is none: then it is asked again. Nothing at all is no yes. */
function decisionOf(answer: string): Decision | undefined {
  if (/^y(es)?$/i.test(answer)) return 'yes';
  if (/^(no?)?$/i.test(answer)) return 'no';
  return /^q(uit)?$/i.test(answer) ? 'quit' : undefined;
}

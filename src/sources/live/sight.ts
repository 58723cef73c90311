// Looks at a live host so that nothing it may not see stops it: what was hidden is remembered, each with what would show it.
import { type Argv, HostError, type HostReader, type ProgramOptions, type ProgramResult } from '../../model/host.ts';
import type { Missing } from '../../model/verdict.ts';

const UNSEEN_MAX = 40;

export interface Sight {
  readonly host: HostReader;
  /** `undefined` when it isn't there, or may not be read. */
  text(path: string, max?: number): string | undefined;
  names(path: string): readonly string[];
  /** `undefined` when there is no such program; a failed one has its result. */
  run(argv: Argv, options?: ProgramOptions): Promise<ProgramResult | undefined>;
  /** Something that could not be seen, once for each `what`. */
  hidden(what: string, command: string): void;
  readonly unseen: readonly Missing[];
  /** How many files may not be read. */
  readonly refused: () => number;
}

export function sightOf(host: HostReader): Sight {
  const unseen = new Map<string, Missing>();
  let refused = 0;
  const tried = <T>(look: () => T): T | undefined => {
    try {
      return look();
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      refused++;
      return undefined;
    }
  };
  return {
    host,
    text: (path, max) => tried(() => host.readText(path, max)),
    names: (path) => tried(() => host.list(path)) ?? [],
    async run(argv, options) {
      try {
        const result = await host.run(argv, options);
        return result.failure === 'missing' ? undefined : result;
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        return undefined;
      }
    },
    hidden(what, command) {
      if (unseen.size < UNSEEN_MAX && !unseen.has(what)) unseen.set(what, { what, command });
    },
    get unseen() {
      return [...unseen.values()];
    },
    refused: () => refused,
  };
}

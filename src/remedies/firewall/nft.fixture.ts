// For tests: as much of nft(8) as our rules use, in memory. A script takes effect whole or not at all.
import type { ProgramResult } from '../../model/host.ts';

export interface FakeNft {
  /** Elements by set, each with the seconds that it has left. */
  readonly sets: Map<string, Map<string, number>>;
  readonly chains: Map<string, string[]>;
  run(argv: readonly string[], stdin: string | undefined): Partial<ProgramResult>;
  /** What holds: the same for the same rules. */
  picture(): string;
}

export function fakeNft(): FakeNft {
  const sets = new Map<string, Map<string, number>>();
  const chains = new Map<string, string[]>();
  let table = false;

  function line(text: string): void {
    const [verb = '', what = '', , , name = '', ...rest] = text.split(' ');
    const set = sets.get(name);
    if (verb === 'delete' && what === 'table') {
      table = false;
      sets.clear();
      chains.clear();
    } else if (what === 'table') table = true;
    else if (!table) throw new Error(`No such file or directory: ${text}`);
    else if (what === 'set' && verb === 'add') sets.set(name, set ?? new Map());
    else if (what === 'set') sets.delete(name);
    else if (what === 'chain' && verb === 'add') chains.set(name, chains.get(name) ?? []);
    else if (what === 'chain' && verb === 'flush') chains.set(name, []);
    else if (what === 'chain') chains.delete(name);
    else if (what === 'rule') chains.get(name)?.push(rest.join(' '));
    else if (what === 'element' && set) {
      const inner = /\{ (.*) \}/.exec(text)?.[1] ?? '';
      for (const element of inner.split(', ')) {
        const value = element.split(' ')[0] ?? '';
        if (set.has(value)) throw new Error(`interval overlaps with an existing one: ${value}`);
        set.set(value, Number(/timeout (\d+)s/.exec(element)?.[1] ?? 0));
      }
    } else throw new Error(`syntax error: ${text}`);
  }

  const fake: FakeNft = {
    sets,
    chains,
    run(argv, stdin) {
      if (argv.includes('list')) {
        if (!table) return { code: 1, stderr: 'Error: No such file or directory' };
        const objects = [
          ...[...sets].map(([name, elements]) => ({
            set: { name, elem: [...elements].map(([val, expires]) => ({ elem: { val: printed(val), expires } })) },
          })),
          ...[...chains.keys()].map((name) => ({ chain: { name } })),
          ...[...chains].flatMap(([chain, rules]) => rules.map(() => ({ rule: { chain, expr: [] } }))),
        ];
        return { stdout: JSON.stringify({ nftables: objects }) };
      }
      const before = structuredClone({ table, sets: [...sets], chains: [...chains] });
      try {
        for (const text of (stdin ?? '').split('\n').filter((one) => one !== '')) line(text);
        return {};
      } catch (error) {
        table = before.table;
        sets.clear();
        for (const [name, elements] of before.sets) sets.set(name, elements);
        chains.clear();
        for (const [name, rules] of before.chains) chains.set(name, rules);
        return { code: 1, stderr: String(error) };
      }
    },
    picture: () =>
      JSON.stringify([table, [...sets].map(([name, elements]) => [name, [...elements].sort()]), [...chains]]),
  };
  return fake;
}

function printed(text: string): unknown {
  const [addr, len] = text.split('/');
  if (len !== undefined) return { prefix: { addr, len: Number(len) } };
  const [from, to] = text.split('-');
  return to === undefined ? text : { range: [from, to] };
}

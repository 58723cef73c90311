// Runs one benchmark: npm run bench -- NAME [--json]. With --json the last line is one JSON object with all figures.
import { cases } from './cases.ts';
import { diagnoseMemory } from './diagnose-memory.ts';
import { logEngine } from './log-engine.ts';
import type { Benchmark } from './support/benchmark.ts';

const BENCHMARKS: readonly Benchmark[] = [logEngine, diagnoseMemory, cases];

const [name, ...options] = process.argv.slice(2);
process.exitCode = await main();

async function main(): Promise<number> {
  const benchmark = BENCHMARKS.find((one) => one.name === name);
  const odd = options.find((option) => option !== '--json');
  if (!benchmark || odd !== undefined) {
    const wrong = benchmark
      ? `unknown option ${odd}`
      : name === undefined
        ? 'no benchmark named'
        : `no benchmark is called ${name}`;
    console.error(`bench: ${wrong}. Usage: npm run bench -- NAME [--json]\n`);
    for (const one of BENCHMARKS) console.error(`  ${one.name.padEnd(20)}${one.about}`);
    return 2;
  }
  const figures = await benchmark.run((line) => console.log(line));
  if (options.includes('--json')) console.log(JSON.stringify({ benchmark: benchmark.name, ...figures }));
  return 0;
}

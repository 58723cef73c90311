// The house rule: imports go down only, each floor knows just what its work needs, and nothing imports in a circle.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Beside itself, which folders of src/ a folder may import from. Higher floors first; `model` is the ground. */
const MAY_IMPORT: Readonly<Record<string, readonly string[] | 'everything'>> = {
  cli: 'everything',
  guard: ['sources', 'diagnosis', 'remedies', 'store', 'report', 'model'],
  response: ['sources', 'diagnosis', 'remedies', 'store', 'report', 'model'],
  dashboard: ['sources', 'diagnosis', 'remedies', 'store', 'report', 'model'],
  sources: ['formats', 'engine', 'config', 'model'],
  diagnosis: ['symptoms', 'model'],
  formats: ['model'],
  engine: ['model'],
  symptoms: ['model'],
  remedies: ['config', 'model'],
  config: ['model'],
  store: ['model'],
  host: ['model'],
  report: ['model'],
  model: [],
};

interface Import {
  /** Both relative to the root, with slashes. */
  readonly from: string;
  readonly to: string;
  readonly line: number;
  /** As it stands in the file. */
  readonly specifier: string;
}

/** Why the import is against the rule; `undefined` when it isn't. */
function complaint({ from, to }: Import): string | undefined {
  if (!from.startsWith('src/')) return undefined;
  if (isForTests(to)) return isForTests(from) ? undefined : 'only tests and fixtures may import what is made for tests';
  if (to.startsWith('lab/') && isForTests(from)) return undefined;
  if (!to.startsWith('src/')) return 'src/ imports nothing of ours from outside src/';
  const [own, other] = [folderOf(from), folderOf(to)];
  const allowed = MAY_IMPORT[own];
  if (allowed === undefined) return `${own} stands on no floor: give it one in test/house.test.ts and CONTRIBUTING.md`;
  if (own === other || allowed === 'everything' || allowed.includes(other)) return undefined;
  return `${own}/ may import ${allowed.length === 0 ? 'nothing of ours' : `only ${allowed.join(', ')} and itself`}`;
}

function isForTests(path: string): boolean {
  return path.startsWith('test/') || /\.(test|fixture)\.ts$/.test(path);
}

/** "src/report/text/wrap.ts" stands in "report"; a file right under src/ stands in none. */
function folderOf(path: string): string {
  const [, folder = '', ...rest] = path.split('/');
  return rest.length > 0 ? folder : path;
}

/** All that a file imports of ours: type-only imports, re-exports, `import()` and types by `import()` too. */
function importsOf(path: string, text: string): Import[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName, pos }) => ({
      from: path,
      to: posix.join(dirname(path), fileName),
      line: text.slice(0, pos).split('\n').length,
      specifier: fileName,
    }));
}

/** Groups of files that import each other in a circle, each told as the shortest way round. */
function circles(imports: readonly Import[]): string[] {
  const next = new Map<string, Import[]>();
  for (const one of imports) next.set(one.from, [...(next.get(one.from) ?? []), one]);
  const told = new Set<string>();
  const found: string[] = [];
  for (const start of next.keys()) {
    if (told.has(start)) continue;
    const way = shortestWayRound(start, next);
    if (!way) continue;
    for (const { from } of way) told.add(from);
    found.push(way.map(({ from, line, to }) => `${from}:${line} -> ${to}`).join('\n  '));
  }
  return found;
}

function shortestWayRound(start: string, next: ReadonlyMap<string, readonly Import[]>): Import[] | undefined {
  const reachedBy = new Map<string, Import>();
  const queue = [start];
  for (const at of queue) {
    for (const step of next.get(at) ?? []) {
      if (reachedBy.has(step.to)) continue;
      reachedBy.set(step.to, step);
      if (step.to === start) {
        const way = [step];
        for (let first = step; first.from !== start; ) {
          const before = reachedBy.get(first.from);
          if (!before) return undefined;
          way.unshift(before);
          first = before;
        }
        return way;
      }
      queue.push(step.to);
    }
  }
  return undefined;
}

function toldAs(one: Import): string {
  return `${one.from}:${one.line} imports '${one.specifier}': ${complaint(one)}`;
}

const files = globSync(['src/**/*.ts', 'bench/**/*.ts', 'lab/**/*.ts', 'scripts/**/*.ts', 'test/**/*.ts'], {
  cwd: root,
});
const imports = files.flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')));

describe('the house', () => {
  it('is imported downwards only', () => {
    expect(files).toContain(relative(root, import.meta.filename));
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.filter((one) => complaint(one) !== undefined).map(toldAs)).toEqual([]);
  });

  it('has no circle', () => {
    expect(circles(imports)).toEqual([]);
  });
});

describe('the rule itself', () => {
  const rule = (from: string, text: string): (string | undefined)[] => importsOf(from, text).map(complaint);

  it.each([
    ['src/symptoms/oom-kill.ts', "import type { A } from '../formats/index.ts';"],
    ['src/symptoms/oom-kill.ts', "type A = import('../engine/cost.ts').Cost;"],
    ['src/report/index.ts', "export * from '../diagnosis/index.ts';"],
    ['src/model/time.ts', "const late = await import('../sources/zone.ts');"],
    ['src/diagnosis/scene.ts', "import { advise } from '../remedies/index.ts';"],
    ['src/guard/loop.ts', "import { textFormats } from '../formats/index.ts';"],
    ['src/remedies/block.ts', "import { traffic } from './traffic.fixture.ts';"],
    ['src/cli/main.ts', "import { time } from '../../bench/support/time.ts';"],
    ['src/config/apache.ts', "import { sightOf } from '../sources/live/sight.ts';"],
    ['src/report/json.test.ts', "import { findSymptoms } from '../symptoms/index.ts';"],
    ['src/attic/box.ts', "import type { A } from '../model/time.ts';"],
    ['src/box.ts', "import type { A } from './model/time.ts';"],
  ])('refuses in %s: %s', (from, text) => {
    expect(rule(from, text)).toEqual([expect.any(String)]);
  });

  it.each([
    ['src/symptoms/oom-kill.ts', "import type { A } from '../model/dossier.ts';"],
    ['src/symptoms/oom-kill.ts', "import { join } from 'node:path';"],
    ['src/report/terminal/page.ts', "import { wrap } from '../text/wrap.ts';"],
    ['src/sources/dossier.ts', "import { textFormats } from '../formats/index.ts';"],
    ['src/cli/main.ts', "import { findSymptoms } from '../symptoms/index.ts';"],
    ['src/cli/php.fixture.ts', "import { phpVersion } from '../../lab/php-version.ts';"],
    ['src/report/json.test.ts', "import { shop } from '../symptoms/shop.fixture.ts';"],
    ['test/cases.test.ts', "import { readDossier } from '../src/sources/dossier.ts';"],
    ['src/model/time.ts', "// import { a } from '../cli/main.ts';"],
    ['src/model/time.ts', 'const text = "import \'../cli/main.ts\'";'],
  ])('allows in %s: %s', (from, text) => {
    expect(rule(from, text).filter((told) => told !== undefined)).toEqual([]);
  });

  it('names file, line, import and rule', () => {
    const [one] = importsOf('src/model/time.ts', "\nimport type { A } from '../cli/main.ts';\n");
    expect(one && toldAs(one)).toBe("src/model/time.ts:2 imports '../cli/main.ts': model/ may import nothing of ours");
  });

  it('finds a circle of types', () => {
    const a = importsOf('src/model/a.ts', "import type { B } from './b.ts';");
    const b = importsOf('src/model/b.ts', "import type { C } from './c.ts';");
    const c = importsOf('src/model/c.ts', "import type { A } from './a.ts';");
    expect(circles([...a, ...b])).toEqual([]);
    expect(circles([...a, ...b, ...c])).toEqual([
      'src/model/a.ts:1 -> src/model/b.ts\n  src/model/b.ts:1 -> src/model/c.ts\n  src/model/c.ts:1 -> src/model/a.ts',
    ]);
  });
});

import { defineConfig } from 'vitest/config';

const tests = (ending: string): string[] =>
  ['src', 'test', 'bench', 'lab', 'scripts'].map((folder) => `${folder}/**/${ending}`);

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts', 'src/**/*.fixture.ts', 'src/report/write-schema.ts'],
      reporter: ['text-summary', 'html'],
      reportOnFailure: true,
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: tests('*.test.ts'),
          exclude: tests('*.system.test.ts'),
          testTimeout: 30_000,
        },
      },
      {
        // These change the machine or need its programs: one file at a time, after all others.
        test: {
          name: 'system',
          include: tests('*.system.test.ts'),
          fileParallelism: false,
          // Real daemons under real load, on a machine that may be busy: once more before it counts as failed, and vitest says so.
          retry: 1,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});

/** Mutation testing of the rooms that decide: `npm run mutation`. How to read it, and what survives: docs/mutation.md. */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  mutate: [
    'src/approval/**/*.ts',
    'src/policy/evaluate.ts',
    'src/policy/applies.ts',
    'src/policy/expression.ts',
    'src/policy/expression-shape.ts',
    'src/policy/window.ts',
  ],
  // TypeScript 7 has no such API as Stryker rewrites the file with; nothing in there needs rewriting.
  tsconfigFile: 'no-tsconfig-to-rewrite.json',
  concurrency: 2,
  timeoutMS: 10_000,
  // Constants that are read as a file is loaded: each would take the whole suite in a process of its own.
  ignoreStatic: true,
  incremental: true,
  incrementalFile: '.stryker/incremental.json',
  tempDirName: '.stryker/tmp',
  reporters: ['clear-text', 'json', 'progress-append-only'],
  jsonReporter: { fileName: '.stryker/mutation.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
  allowEmpty: false,
}

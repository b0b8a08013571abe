import { defineConfig } from 'vitest/config'

/** The unit tests of the rooms that Stryker changes: nothing that listens, nothing that waits. See stryker.config.mjs. */
export default defineConfig({
  test: {
    include: [
      'test/approval/**/*.test.ts',
      'test/policy/{evaluate,expression,window,moments,glob,condition-faults,night-windows,one-rule}.test.ts',
    ],
    // Ten seconds of random play, for each of three thousand changes: the others have to find it first.
    exclude: ['test/approval/who-may-say-yes.test.ts'],
    testTimeout: 20_000,
  },
})

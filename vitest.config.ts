import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Two cores: real servers and real sockets in many workers at once would only starve each other.
    maxWorkers: 2,
    pool: 'forks',
  },
})

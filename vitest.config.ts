import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'server/**/*.test.ts',
      'examples/**/*.test.ts',
      'bench/**/*.test.ts',
      'sdk/**/*.test.ts',
      'console/**/*.test.ts',
    ],
    globalSetup: ['server/testing/database-for-tests.ts'],
    pool: 'forks',
    // The smallest machine this is built on has two cores; more workers only wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

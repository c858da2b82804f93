import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { WholeProgramsFirst } from './server/testing/whole-programs-first.ts';

const common = {
  pool: 'forks',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // What is waited for comes; on a machine that is busy with other tests not always within a second.
  expect: { poll: { timeout: 15_000 } },
} as const;

/** Counts what is loaded, and so needs a process in which nothing is yet. */
const ALONE = ['server/src/authz/cedar/cedar-engine.test.ts'];

/** What must hold each single time: one failure in a thousand rounds is a hole, and no second try may hide it. */
const AT_ONCE = ['races', 'one-time-use', 'dump', 'cross-organization', 'tidy'].map(
  (name) => `server/test/${name}.test.ts`,
);

/** Of the SDK, what starts browsers, compilers or other issuers; all else of it is as the rooms are. */
const SDK_PROGRAMS = [
  ...['browser/browser-client', 'browser/foreign-page', 'browser/size', 'browser/what-leaks'],
  ...['doc-examples', 'foreign/foreign-issuer', 'packed', 'reference'],
].map((name) => `sdk/src/${name}.test.ts`);

const projects: TestProjectInlineConfiguration[] = [
  // A process for each file: they start programs, change the environment, or count what is loaded.
  {
    test: {
      ...common,
      name: 'programs',
      include: ['server/test/**/*.test.ts', 'examples/**/*.test.ts', 'bench/**/*.test.ts', ...SDK_PROGRAMS],
      exclude: ['**/node_modules/**', ...AT_ONCE],
      // Browsers, proxies and a dozen processes on two cores keep no time. What needs a second try is listed by name (`.ci/run`).
      retry: 1,
    },
  },
  { test: { ...common, name: 'at once', include: [...AT_ONCE, ...ALONE] } },
  {
    // One after the other in the same process: the rooms are loaded once, not once a file. They hold no state of their own.
    test: {
      ...common,
      name: 'rooms',
      include: ['server/src/**/*.test.ts', 'console/**/*.test.ts', 'sdk/src/**/*.test.ts'],
      exclude: ['**/node_modules/**', ...ALONE, ...SDK_PROGRAMS],
      isolate: false,
    },
  },
];

export default defineConfig({
  test: {
    // One database server for both projects.
    globalSetup: ['server/testing/database-for-tests.ts'],
    // The smallest machine this is built on has two cores. Whole programs wait a third of their time, for disks and clocks.
    maxWorkers: 3,
    sequence: { sequencer: WholeProgramsFirst },
    projects,
  },
});

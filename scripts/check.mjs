import { run, setUp } from './setup.mjs';

await setUp();
const steps = [
  ['types', ['node_modules/typescript/bin/tsc', '--project', '.']],
  ['types of browser code', ['node_modules/typescript/bin/tsc', '--project', 'sdk/tsconfig.browser.json']],
  ['types of its tests', ['node_modules/typescript/bin/tsc', '--project', 'sdk/tsconfig.browser-tests.json']],
  ['types of the page of examples/spa', ['node_modules/typescript/bin/tsc', '--noEmit', '--project', 'examples/spa']],
  ['types of the console', ['node_modules/typescript/bin/tsc', '--noEmit', '--project', 'console']],
  ['lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']],
  ['tidy', ['node_modules/vitest/vitest.mjs', 'run', 'server/test/tidy.test.ts']],
];
for (const [name, args] of steps) {
  process.stdout.write(`── ${name}\n`);
  const code = await run(args);
  if (code !== 0) {
    process.exitCode = code;
    break;
  }
}

import { run, setUp } from './setup.mjs';

await setUp();
process.exitCode = await run(['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]);

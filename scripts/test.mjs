import { buildConsole } from './build-console.mjs';
import { run, setUp } from './setup.mjs';

await setUp();
await buildConsole();
process.exitCode = await run(['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]);

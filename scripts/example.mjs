import { run, setUp } from './setup.mjs';

await setUp();
process.exitCode = await run(['scripts/start-example.ts', ...process.argv.slice(2)]);

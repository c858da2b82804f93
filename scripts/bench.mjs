import { run, setUp } from './setup.mjs';

await setUp();
process.exitCode = await run(['bench/bench.ts', ...process.argv.slice(2)]);

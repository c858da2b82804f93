import { buildConsole } from './build-console.mjs';
import { run, setUp } from './setup.mjs';

await setUp();
await buildConsole();
process.exitCode = await run([
  '--watch-path=server/src',
  '--watch-path=examples',
  '--watch-preserve-output',
  'scripts/start-with-weather.ts',
]);

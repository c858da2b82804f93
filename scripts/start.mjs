import { hugePages } from '../server/bin/huge-pages.mjs';
import { buildConsole } from './build-console.mjs';
import { run, setUp } from './setup.mjs';

await setUp();
await buildConsole();
process.exitCode = await run(['scripts/start-with-weather.ts', ...process.argv.slice(2)], {
  env: hugePages(process.env),
});

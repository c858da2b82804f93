import { hugePages } from '../server/bin/huge-pages.mjs';
import { run, setUp } from './setup.mjs';

await setUp();
// As `gatehouse start` does: what is measured is what runs.
process.exitCode = await run(['bench/bench.ts', ...process.argv.slice(2)], { env: hugePages(process.env) });

import { run, setUp } from './setup.mjs';

await setUp();
process.exitCode =
  (await run(['scripts/write-errors-document.ts'])) ||
  (await run(['scripts/write-configuration-schema.ts'])) ||
  (await run(['scripts/write-admin-types.ts'])) ||
  (await run(['scripts/write-sdk-reference.ts'])) ||
  (await run(['scripts/write-cli-reference.ts'])) ||
  (await run(['scripts/write-events-reference.ts']));

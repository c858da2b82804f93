/** Writes the types of the SDK's /admin from the program's own description, by starting the program and asking it. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../server/test/running-program.ts';
import { adminTypes, type KindName, type OpenApi } from './openapi-types.ts';

const file = fileURLToPath(new URL('../sdk/src/admin/admin-paths.ts', import.meta.url));
const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');

/** What the file must be, for a running program. */
export async function adminTypesOf(issuer: string): Promise<string> {
  const ask = async (path: string) => (await fetch(issuer + path)).json();
  const { items } = (await ask('/api/v1/kinds')) as { items: KindName[] };
  const written = adminTypes((await ask('/openapi.json')) as OpenApi, items);
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${file}`], {
    input: written,
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    maxBuffer: 16 * 1024 * 1024,
  });
}

if (import.meta.main) {
  const program = await startProgram();
  try {
    writeFileSync(file, await adminTypesOf(program.issuer));
  } finally {
    await program.remove();
  }
}

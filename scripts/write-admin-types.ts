/** Writes the types of the SDK's /admin, and the page of the Admin API, from the program's own description: starts the program and asks it. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../server/test/running-program.ts';
import { apiReference } from './api-reference.ts';
import { adminTypes, type KindName, type OpenApi } from './openapi-types.ts';

const file = fileURLToPath(new URL('../sdk/src/admin/admin-paths.ts', import.meta.url));
const referenceFile = fileURLToPath(new URL('../docs/reference/api.md', import.meta.url));
const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');

/** What the file must be, for a running program. */
export async function adminTypesOf(issuer: string): Promise<string> {
  const { document, kinds } = await descriptionOf(issuer);
  const written = adminTypes(document, kinds);
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${file}`], {
    input: written,
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    maxBuffer: 16 * 1024 * 1024,
  });
}

/** What docs/reference/api.md must be, for a running program. */
export async function apiReferenceOf(issuer: string): Promise<string> {
  const { document, kinds } = await descriptionOf(issuer);
  return apiReference(document, kinds);
}

async function descriptionOf(issuer: string): Promise<{ document: OpenApi; kinds: KindName[] }> {
  const ask = async (path: string) => (await fetch(issuer + path)).json();
  const { items } = (await ask('/api/v1/kinds')) as { items: KindName[] };
  return { document: (await ask('/openapi.json')) as OpenApi, kinds: items };
}

if (import.meta.main) {
  const program = await startProgram();
  try {
    writeFileSync(file, await adminTypesOf(program.issuer));
    writeFileSync(referenceFile, await apiReferenceOf(program.issuer));
  } finally {
    await program.remove();
  }
}

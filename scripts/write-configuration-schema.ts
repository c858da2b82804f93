/** Writes docs/schema/gatehouse.schema.json from the configuration's own schema, for editors. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configurationJsonSchema } from '../server/src/configuration/load-configuration.ts';

const file = new URL('../docs/schema/gatehouse.schema.json', import.meta.url);

if (import.meta.main) {
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(fileURLToPath(file), `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`);
}

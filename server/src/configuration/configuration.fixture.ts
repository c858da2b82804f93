import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Environment } from './environment.ts';
import { loadConfiguration } from './load-configuration.ts';

/** A working folder of this test file's own, and what is loaded there. */
export function configurationFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-configuration-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** @param text of gatehouse.yaml; undefined: there is none. */
  function load(
    text: string | undefined,
    environment: Environment = {},
    more: { file?: string; role?: string; dataFolder?: string } = {},
  ) {
    rmSync(join(folder, 'gatehouse.yaml'), { force: true });
    if (text !== undefined) writeFileSync(join(folder, 'gatehouse.yaml'), text);
    return loadConfiguration({ workingFolder: folder, environment, ...more });
  }
  return { folder, load };
}

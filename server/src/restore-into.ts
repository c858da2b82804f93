import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RestoreReport } from '#cli';
import { restore } from '#store';
import { MIGRATIONS, type Process } from './foundation.ts';

/** Under this name an encrypted backup holds the master key's file. */
export const MASTER_KEY_ATTACHMENT = 'master.key';

/** Restores a backup into the configured data folder or database, which must be new. @throws what `restore` throws. */
export async function restoreInto(
  process: Process,
  { file, passphrase }: { file: string; passphrase?: string },
): Promise<RestoreReport> {
  const { configuration } = process;
  const { tables, attachments } = await restore(file, {
    ...process,
    database: configuration.database,
    migrations: MIGRATIONS,
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  const masterKey = attachments[MASTER_KEY_ATTACHMENT];
  const { masterKey: source, dataFolder } = configuration;
  const masterKeyRestored = masterKey !== undefined && source.kind === 'file';
  if (masterKey !== undefined && source.kind === 'file') {
    await mkdir(dirname(source.path), { recursive: true, mode: 0o700 });
    // Never over another one: that would lock out whatever is sealed under it.
    await writeFile(source.path, masterKey, { mode: 0o600, flag: 'wx' });
  }
  return {
    dataFolder,
    tables: tables.length,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    masterKeyRestored,
  };
}

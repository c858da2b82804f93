import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { GatehouseError } from '#base';
import type { MasterKeyRotation } from '#cli';
import { type Keyring, type MasterKeySource, openKeyring } from '#keyring';
import { openStore, recordChange } from '#store';
import { MIGRATIONS, type Process } from './foundation.ts';

/**
 * Seals everything under another master key, with no instance running on the data folder. A key in a file is replaced by
 * a new one, and the old one stays beside it as `….previous`, for the backups that were made under it. A key from
 * elsewhere is read from the environment variable `toVariable`; the next start must find it where the configuration says.
 *
 * The new file is complete before anything is sealed under it, and gets its name when everything is: broken off at any
 * point, the command is run again and goes on from there.
 * @throws what the key ring and the store throw, with nothing changed.
 */
export async function rotateMasterKey(
  process: Process,
  environment: NodeJS.ProcessEnv,
  toVariable: string | undefined,
): Promise<MasterKeyRotation> {
  const { masterKey, database } = process.configuration;
  const store = await openStore({ ...process, database, migrations: MIGRATIONS });
  const open = (source: MasterKeySource) => openKeyring({ ...process, store, recordChange, masterKey: source });
  try {
    if (toVariable !== undefined || masterKey.kind !== 'file') {
      const variable = toVariable ?? 'GATEHOUSE_MASTER_KEY_NEXT';
      const { masterKeyId } = await using(await open(masterKey), (keyring) =>
        keyring.rotateMasterKey({ kind: 'environment', variable, environment }),
      );
      return { masterKeyId };
    }
    const { path } = masterKey;
    const next = `${path}.next`;
    const masterKeyId = await sealUnder(
      { kind: 'file', path: next },
      () => open(masterKey),
      () => open({ kind: 'file', path: next }),
    );
    const previous = `${path}.previous`;
    await rename(path, previous);
    await rename(next, path);
    return { masterKeyId, path, previous };
  } finally {
    await store.close();
  }
}

/** A run that broke off after the sealing and before the renaming left everything sealed under the next key already. */
async function sealUnder(
  next: MasterKeySource & { path: string },
  openCurrent: () => Promise<Keyring>,
  openNext: () => Promise<Keyring>,
): Promise<string> {
  const current = await openCurrent().catch(async (error: unknown) => {
    const elsewhere = error instanceof GatehouseError && error.code === 'master_key_wrong' && existsSync(next.path);
    if (!elsewhere) throw error;
    return undefined;
  });
  if (current !== undefined)
    return using(current, async (keyring) => (await keyring.rotateMasterKey(next)).masterKeyId);
  return using(await openNext(), async (keyring) => keyring.masterKeyId);
}

async function using<T>(keyring: Keyring, work: (keyring: Keyring) => Promise<T>): Promise<T> {
  try {
    return await work(keyring);
  } finally {
    keyring.close();
  }
}

import { join } from 'node:path';
import { DEFAULT_TENANT_ID, systemClock, systemRandom } from '#base';
import { openKeyring, openSigningKeys } from '#keyring';
import { openStore, recordChange } from '#store';
import { testLogger } from '#testing';
import { MIGRATIONS } from '../src/foundation.ts';
import type { Program } from './running-program.ts';

export interface IssuerKeys {
  /** A JWT with the genuine signature of a running program, over whatever it would never say itself. */
  sign(claims: object, typ?: string): Promise<string>;
  publicJwk(): Record<string, unknown> & { kid: string };
  close(): Promise<void>;
}

/** Joins a running program's database with its master key, as a second process of it would. */
export async function openIssuerKeys({ dataFolder }: Program): Promise<IssuerKeys> {
  const deps = { clock: systemClock, random: systemRandom, log: testLogger() };
  const database = { kind: 'embedded', dataFolder, attach: true } as const;
  const store = await openStore({ ...deps, database, migrations: MIGRATIONS });
  const masterKey = { kind: 'file', path: join(dataFolder, 'master.key') } as const;
  const keyring = await openKeyring({ ...deps, store, recordChange, masterKey });
  const signingKeys = await openSigningKeys({ ...deps, store, recordChange, keyring });
  return {
    sign: async (claims, typ = 'at+jwt') => signingKeys.sign(DEFAULT_TENANT_ID, claims, { typ }),
    publicJwk: () => {
      const [key] = signingKeys.publicKeys(DEFAULT_TENANT_ID);
      if (key === undefined) throw new TypeError('the program has no signing key');
      return { ...key, kid: String(key.kid) };
    },
    async close() {
      signingKeys.close();
      keyring.close();
      await store.close();
    },
  };
}

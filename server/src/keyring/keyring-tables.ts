import type { SealedPlace } from './seal-value.ts';

/** A type and not an interface: only types fit the index signature that Kysely asks for. */
export type KeyringTables = {
  keyring_keys: {
    kind: 'data' | 'mac';
    generation: number;
    /** 32 random bytes, sealed under the master key. */
    wrapped: string;
    /** From when on new values are sealed with it. */
    activates_at: number;
    created_at: number;
  };
};

export type KeyringRow = KeyringTables['keyring_keys'];

export function keyId({ kind, generation }: Pick<KeyringRow, 'kind' | 'generation'>): string {
  return `${kind}-${generation}`;
}

export function wrappedPlace(row: Pick<KeyringRow, 'kind' | 'generation'>): SealedPlace {
  return { table: 'keyring_keys', column: 'wrapped', row: keyId(row) };
}

import type { Transaction } from 'kysely';

/**
 * What the keyring needs of the store. Its own words for it, since the two rooms stand side by side and neither knows
 * the other: the store's `Store` and `recordChange` fit these shapes, and `main` passes them in.
 */
export interface KeyringStore {
  transaction<T>(scope: KeyringScope, work: (tx: KeyringTx) => Promise<T>): Promise<T>;
  changes: {
    subscribe(topics: readonly string[], listener: (changes: KeyringChange[]) => void | Promise<void>): () => void;
    onResync(listener: () => void | Promise<void>): () => void;
  };
}

export type KeyringScope = { tenantId: string } | { system: true };
export type KeyringTx = Transaction<object>;

export interface KeyringChange {
  tenantId: string;
  topic: string;
  id: string;
  operation: 'put' | 'delete';
}

export type RecordKeyringChange = (tx: KeyringTx, change: KeyringChange) => Promise<void>;

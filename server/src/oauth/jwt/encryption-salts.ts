import type { Store } from '#store';

export type EncryptionSaltTables = {
  /** What a tenant's keys for requests are derived from besides the key ring, once they were replaced (ADR 61). */
  request_encryption_salts: {
    tenant_id: string;
    /** 0: no salt, as before the first replacement. */
    generation: number;
    salt: string;
    created_at: number;
    /** Milliseconds; null for the present one. */
    reads_until: number | null;
  };
};

export const ENCRYPTION_SALTS_MIGRATION = {
  name: '0015-salts-of-request-encryption',
  sql: `
    create table request_encryption_salts (
      tenant_id text not null,
      generation integer not null,
      salt text not null,
      created_at bigint not null,
      reads_until bigint,
      primary key (tenant_id, generation)
    );
    select gatehouse_protect('request_encryption_salts');
  `,
} as const;

/** Change topic: a tenant's keys for requests were replaced. */
export const ENCRYPTION_SALT_TOPIC = 'request_encryption_salt';

interface Salt {
  salt: string;
  readsUntil: number | null;
}

/** The present one and the newest before it, however long others were to read: each is three keys to look through. */
const READING_MAX = 5;

/** Who never replaced anything, and so nearly everybody. */
const UNSALTED: readonly Salt[] = [{ salt: '', readsUntil: null }];

/** Salts by tenant, in memory: the JWKS and every encrypted request ask. */
export class EncryptionSalts {
  readonly #salts = new Map<string, readonly Salt[]>();

  /** The present one. */
  current(tenantId: string): string {
    return this.#of(tenantId).find(({ readsUntil }) => readsUntil === null)?.salt ?? '';
  }

  /** Those whose keys still read, the present one first. */
  reading(tenantId: string, now: number): string[] {
    return this.#of(tenantId)
      .filter(({ readsUntil }) => readsUntil === null || readsUntil > now)
      .slice(0, READING_MAX)
      .map(({ salt }) => salt);
  }

  /** `newest` first. */
  set(tenantId: string, newest: readonly Salt[]): void {
    this.#salts.set(tenantId, newest);
  }

  #of(tenantId: string): readonly Salt[] {
    return this.#salts.get(tenantId) ?? UNSALTED;
  }
}

interface FollowDeps {
  store: Pick<Store, 'transaction' | 'changes'>;
}

/** Loads them, and follows replacements from then on. */
export async function followEncryptionSalts({ store }: FollowDeps, salts: EncryptionSalts): Promise<() => void> {
  // One read after the other: an older answer must not bring a replaced key back.
  let queue: Promise<void> = Promise.resolve();
  const enqueue = (): Promise<void> => {
    const turn = queue.then(() => load(store, salts));
    queue = turn.catch(() => undefined);
    return turn;
  };
  const stopChanges = store.changes.subscribe([ENCRYPTION_SALT_TOPIC], enqueue);
  const stopResync = store.changes.onResync(enqueue);
  await enqueue();
  return () => {
    stopChanges();
    stopResync();
  };
}

/** All of them: an emergency of a few tenants, of which nothing is kept that no longer reads. */
async function load(store: Pick<Store, 'transaction'>, salts: EncryptionSalts): Promise<void> {
  const rows = await store.transaction(
    { system: true },
    (tx) =>
      tx
        .withTables<EncryptionSaltTables>()
        .selectFrom('request_encryption_salts')
        .selectAll()
        .orderBy('tenant_id')
        .orderBy('generation', 'desc')
        .execute(),
    { readOnly: true },
  );
  for (const [tenantId, own] of Map.groupBy(rows, ({ tenant_id }) => tenant_id)) {
    salts.set(
      tenantId,
      own.map(({ salt, reads_until: readsUntil }) => ({ salt, readsUntil })),
    );
  }
}

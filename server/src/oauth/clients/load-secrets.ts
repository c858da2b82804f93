import type { Store } from '#store';
import type { OAuthTables } from '../tables.ts';
import type { ClientDirectory, ClientSecret } from './client-directory.ts';

/** Change topic: something about a tenant's client secrets is different now. */
export const CLIENT_SECRET_TOPIC = 'client_secret';

interface LoadDeps {
  store: Pick<Store, 'transaction' | 'changes'>;
  clients: ClientDirectory;
}

/** Keeps the hashes of all client secrets in the directory, from now until the returned function is called. */
export async function followClientSecrets({ store, clients }: LoadDeps): Promise<() => void> {
  // One read after the other: an older answer must not overwrite a newer one, or a revoked secret would live again.
  let queue: Promise<void> = Promise.resolve();
  const enqueue = (tenantIds: readonly string[] | 'all'): Promise<void> => {
    const turn = queue.then(() => load({ store, clients }, tenantIds));
    queue = turn.catch(() => undefined);
    return turn;
  };
  const stopChanges = store.changes.subscribe([CLIENT_SECRET_TOPIC], (changes) =>
    enqueue([...new Set(changes.map(({ tenantId }) => tenantId))]),
  );
  const stopResync = store.changes.onResync(() => enqueue('all'));
  await enqueue('all');
  return () => {
    stopChanges();
    stopResync();
  };
}

async function load({ store, clients }: LoadDeps, tenantIds: readonly string[] | 'all'): Promise<void> {
  const rows = await store.transaction(
    { system: true },
    (tx) => {
      const all = tx
        .withTables<OAuthTables>()
        .selectFrom('client_secrets')
        .select(['tenant_id', 'client_resource_id', 'id', 'hash', 'expires_at']);
      return (tenantIds === 'all' ? all : all.where('tenant_id', 'in', [...tenantIds])).execute();
    },
    { readOnly: true },
  );
  const byTenant = new Map<string, Map<string, ClientSecret[]>>();
  const concerned = tenantIds === 'all' ? clients.secretTenants() : tenantIds;
  for (const tenantId of concerned) byTenant.set(tenantId, new Map());
  for (const row of rows) {
    const byClient = byTenant.get(row.tenant_id) ?? new Map<string, ClientSecret[]>();
    const secret = { id: row.id, hash: Buffer.from(row.hash, 'hex'), expiresAt: row.expires_at ?? undefined };
    byClient.set(row.client_resource_id, [...(byClient.get(row.client_resource_id) ?? []), secret]);
    byTenant.set(row.tenant_id, byClient);
  }
  for (const [tenantId, secrets] of byTenant) clients.setSecrets(tenantId, secrets);
}

import type { Change, Store } from '#store';
import type { Kind } from './kind.ts';
import { builtInResource, type Resource, type ResourcesTables, toResource } from './resource.ts';

/**
 * All resources of one kind, in memory, kept current by the change feed: what the data plane reads instead of the
 * database. Reading is synchronous and never fails.
 */
export interface ResourceSnapshot<Spec> {
  get(tenantId: string, name: string): Resource<Spec> | undefined;
  all(tenantId: string): readonly Resource<Spec>[];
  /** Tenants that have at least one resource of the kind stored. */
  tenants(): readonly string[];
  /** Called after each change, with the tenants concerned. Returns what ends it. */
  onChange(listener: (tenantIds: readonly string[]) => void): () => void;
  close(): void;
}

type Deps = { store: Pick<Store, 'transaction' | 'changes'> };

/** Loads the kind and follows it. Changes that happen while it loads are not lost: they are read after. */
export async function openResourceSnapshot<Spec>({ store }: Deps, kind: Kind<Spec>): Promise<ResourceSnapshot<Spec>> {
  let tenants = new Map<string, ReadonlyMap<string, Resource<Spec>>>();
  const listeners = new Set<(tenantIds: readonly string[]) => void>();
  const topic = `resource:${kind.kind}`;
  // One reload after the other: a slow earlier one must not overwrite what a later one found.
  let queue: Promise<void> = Promise.resolve();

  const reload = async (tenantIds: readonly string[] | 'all'): Promise<void> => {
    const loaded = await load(store, kind, tenantIds);
    const next = tenantIds === 'all' ? new Map() : new Map(tenants);
    const concerned = tenantIds === 'all' ? [...new Set([...tenants.keys(), ...loaded.keys()])] : tenantIds;
    for (const tenantId of concerned) {
      const resources = loaded.get(tenantId);
      if (resources === undefined) next.delete(tenantId);
      else next.set(tenantId, resources);
    }
    tenants = next;
    for (const listener of listeners) listener(concerned);
  };
  const enqueue = (tenantIds: readonly string[] | 'all'): Promise<void> => {
    const turn = queue.then(() => reload(tenantIds));
    queue = turn.catch(() => undefined);
    return turn;
  };

  const unsubscribe = store.changes.subscribe([topic], (changes: Change[]) =>
    enqueue([...new Set(changes.map(({ tenantId }) => tenantId))]),
  );
  const unsubscribeResync = store.changes.onResync(() => enqueue('all'));
  await enqueue('all');

  const builtIn = (tenantId: string, name: string): Resource<Spec> | undefined => {
    const spec = kind.builtIns.get(name);
    return spec === undefined ? undefined : builtInResource(tenantId, kind, name, spec);
  };
  return {
    get: (tenantId, name) => tenants.get(tenantId)?.get(name) ?? builtIn(tenantId, name),
    all: (tenantId) => [
      ...(tenants.get(tenantId)?.values() ?? []),
      ...[...kind.builtIns].map(([name, spec]) => builtInResource(tenantId, kind, name, spec)),
    ],
    tenants: () => [...tenants.keys()],
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      unsubscribe();
      unsubscribeResync();
      listeners.clear();
    },
  };
}

async function load<Spec>(
  store: Pick<Store, 'transaction'>,
  kind: Kind<Spec>,
  tenantIds: readonly string[] | 'all',
): Promise<Map<string, Map<string, Resource<Spec>>>> {
  const rows = await store.transaction(
    { system: true },
    (tx) => {
      const query = tx.withTables<ResourcesTables>().selectFrom('resources').selectAll().where('kind', '=', kind.kind);
      const chosen = tenantIds === 'all' ? query : query.where('tenant_id', 'in', [...tenantIds]);
      return chosen.orderBy('tenant_id').orderBy('name').execute();
    },
    { readOnly: true },
  );
  const result = new Map<string, Map<string, Resource<Spec>>>();
  for (const row of rows) {
    const tenant = result.get(row.tenant_id) ?? new Map<string, Resource<Spec>>();
    tenant.set(row.name, toResource<Spec>(row));
    result.set(row.tenant_id, tenant);
  }
  return result;
}

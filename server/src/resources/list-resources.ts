import { LIMITS } from '#base';
import type { Store } from '#store';
import type { Kind } from './kind.ts';
import { builtInResource, type Resource, type ResourcesTables, toResource } from './resource.ts';

export interface ListInput<Spec> {
  tenantId: string;
  kind: Kind<Spec>;
  /** At most {@link LIMITS.pageSizeMax}. */
  limit?: number;
  /** Names after this one: the `next` of the page before. */
  after?: string;
}

export interface Page<Item> {
  items: Item[];
  /** Absent on the last page. */
  next?: string;
}

/** One page of a kind, by name. Pages follow each other without gaps or repeats, whatever is written in between. */
export async function listResources<Spec>(
  { store }: { store: Pick<Store, 'transaction'> },
  { tenantId, kind, limit = LIMITS.pageSizeDefault, after = '' }: ListInput<Spec>,
): Promise<Page<Resource<Spec>>> {
  const size = Math.min(Math.max(1, limit), LIMITS.pageSizeMax);
  const rows = await store.transaction(
    { tenantId },
    (tx) =>
      tx
        .withTables<ResourcesTables>()
        .selectFrom('resources')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', kind.kind)
        .where('name', '>', after)
        .orderBy('name')
        .limit(size + 1)
        .execute(),
    { readOnly: true },
  );
  const builtIns = [...kind.builtIns].filter(([name]) => name > after);
  const items = [
    ...rows.map((row) => toResource<Spec>(row)),
    ...builtIns.map(([name, spec]) => builtInResource(tenantId, kind, name, spec)),
  ].sort((left, right) => (left.name < right.name ? -1 : 1));
  const page = items.slice(0, size);
  const last = page.at(-1);
  return items.length > size && last !== undefined ? { items: page, next: last.name } : { items: page };
}

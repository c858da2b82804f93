import { sql } from 'kysely';
import type { Tx } from '#store';
import type { Kind } from './kind.ts';
import { type Resource, type ResourcesTables, toResource } from './resource.ts';

/**
 * Finds one resource by its name or its id (no id is a name: it has an underscore) and holds it: nobody deletes it before
 * this transaction has ended. With `unchanged` nobody changes it either, for what is decided by its spec.
 */
export async function holdResource<Spec>(
  tx: Tx,
  {
    tenantId,
    kind,
    nameOrId,
    unchanged = false,
  }: { tenantId: string; kind: Kind<Spec>; nameOrId: string; unchanged?: boolean },
): Promise<Resource<Spec> | undefined> {
  const found = tx
    .withTables<ResourcesTables>()
    .selectFrom('resources')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind.kind)
    .where(nameOrId.includes('_') ? sql`id` : sql`name`, '=', nameOrId);
  const row = await (unchanged ? found.forShare() : found.forKeyShare()).executeTakeFirst();
  return row === undefined ? undefined : toResource<Spec>(row);
}

import { sql } from 'kysely';
import type { Tx } from '#store';
import type { Kind } from './kind.ts';
import { type Resource, type ResourcesTables, toResource } from './resource.ts';

/**
 * Finds one resource by its name or its id (no id is a name: it has an underscore) and holds it: nobody deletes it before
 * this transaction has ended.
 */
export async function holdResource<Spec>(
  tx: Tx,
  { tenantId, kind, nameOrId }: { tenantId: string; kind: Kind<Spec>; nameOrId: string },
): Promise<Resource<Spec> | undefined> {
  const row = await tx
    .withTables<ResourcesTables>()
    .selectFrom('resources')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind.kind)
    .where(nameOrId.includes('_') ? sql`id` : sql`name`, '=', nameOrId)
    .forKeyShare()
    .executeTakeFirst();
  return row === undefined ? undefined : toResource<Spec>(row);
}

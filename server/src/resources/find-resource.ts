import type { Store, Tx } from '#store';
import { resourcesErrors } from './errors.ts';
import type { Kind } from './kind.ts';
import { builtInResource, type Resource, type ResourcesTables, toResource } from './resource.ts';

export interface FindInput<Spec> {
  tenantId: string;
  kind: Kind<Spec>;
  name: string;
}

/** Looks a resource up inside the caller's transaction. */
export async function findResource<Spec>(
  tx: Tx,
  { tenantId, kind, name }: FindInput<Spec>,
): Promise<Resource<Spec> | undefined> {
  const builtIn = kind.builtIns.get(name);
  if (builtIn !== undefined) return builtInResource(tenantId, kind, name, builtIn);
  const row = await tx
    .withTables<ResourcesTables>()
    .selectFrom('resources')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind.kind)
    .where('name', '=', name)
    .executeTakeFirst();
  return row === undefined ? undefined : toResource<Spec>(row);
}

/** @throws `resource_not_found`. */
export async function getResource<Spec>(
  { store }: { store: Pick<Store, 'transaction'> },
  input: FindInput<Spec>,
): Promise<Resource<Spec>> {
  const { tenantId, kind, name } = input;
  const found = await store.transaction({ tenantId }, (tx) => findResource(tx, input), { readOnly: true });
  if (found === undefined) throw notFound(kind, name);
  return found;
}

export function notFound(kind: Kind, name: string) {
  return resourcesErrors.resource_not_found({ message: `There is no ${kind.kind} named "${name.slice(0, 63)}".` });
}

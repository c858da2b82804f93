import { sql } from 'kysely';
import type { Tx } from '#store';
import { resourcesErrors } from './errors.ts';
import type { Kind } from './kind.ts';
import { keyRows, type ResourceKey, type ResourcesTables } from './resource.ts';
import type { FindUses, UsesInput } from './uses.ts';

/**
 * The same kind, with users in a room that the kind's own room can't know. Put together where all rooms are known.
 */
export function alsoUsed<Spec>(kind: Kind<Spec>, find: FindUses): Kind<Spec> {
  return Object.freeze({
    ...kind,
    uses: async (tx: Tx, input: UsesInput) => [...(await kind.uses(tx, input)), ...(await find(tx, input))],
  });
}

/**
 * What is used stays: made anew under the same name it would give its users, who were forgotten, whatever its new maker
 * likes. Asked after the rows are gone, so that whoever held one ({@link holdResources}) has been waited for.
 * @throws `resource_referenced`.
 */
export async function refuseUsed(
  tx: Tx,
  { tenantId, now }: { tenantId: string; now: number },
  deleted: readonly { kind: Kind; id: string; name: string }[],
): Promise<void> {
  for (const [kind, resources] of Map.groupBy(deleted, (target) => target.kind)) {
    const uses = await kind.uses(tx, { tenantId, resources, now });
    const [first] = uses;
    if (first === undefined) continue;
    const ofFirst = uses.filter(({ name }) => name === first.name);
    throw resourcesErrors.resource_referenced({
      message: `The ${kind.kind} "${first.name}" is still in use: ${ofFirst.map(({ by, count }) => `${by} (${count})`).join(', ')}. Take it from them, or end them, first.`,
      details: { uses: ofFirst.map(({ by, count }) => ({ by, count })) },
    });
  }
}

/**
 * Holds resources that other rows are about to name: nobody deletes them before this transaction has ended, and then
 * finds those rows. @returns the names that there are not.
 */
export async function holdResources(
  tx: Tx,
  { tenantId, kind, names }: { tenantId: string; kind: Kind; names: readonly string[] },
): Promise<string[]> {
  const keys: ResourceKey[] = names
    .filter((name) => !kind.builtIns.has(name))
    .map((name) => ({ kind: kind.kind, name }));
  if (keys.length === 0) return [];
  const held = await tx
    .withTables<ResourcesTables>()
    .selectFrom('resources')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`(kind, name) in (${keyRows(keys)})`)
    .orderBy('name')
    .forKeyShare()
    .execute();
  const found = new Set(held.map(({ name }) => name));
  return keys.map(({ name }) => name).filter((name) => !found.has(name));
}

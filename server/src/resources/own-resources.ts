import type { Tx } from '#store';
import type { Caller } from './caller.ts';
import type { Changed } from './change.ts';
import { resourcesErrors } from './errors.ts';
import { loadResources } from './resource.ts';

/** Between the name of an organization and the rest of the name of what it owns. */
const OWNER_SEPARATOR = '--';

/**
 * Says of each change whose the resource is then, and holds that whoever calls from inside an organization touches nothing
 * but its own. What an organization owns carries its name in front: names are one space in a tenant, and so two
 * organizations don't get into each other's way, nobody moves a resource from one to the other, and whoever reads a
 * client_id knows whose it is.
 * @throws `resource_outside_organization`, `resource_name_foreign`.
 */
export async function ownResources(tx: Tx, caller: Caller, changes: readonly Changed[]): Promise<Changed[]> {
  const ids = await organizationIds(tx, caller.principal.tenantId, changes);
  const owned = changes.map((change) => withOwner(change, ids));
  const { organizationId } = caller.principal;
  if (organizationId !== undefined && !owned.every((change) => isWithin(change, organizationId)))
    throw resourcesErrors.resource_outside_organization();
  const foreign = owned.find((change) => {
    const owner = ownerName(change);
    return owner !== undefined && !change.name.startsWith(`${owner}${OWNER_SEPARATOR}`);
  });
  if (foreign !== undefined) {
    const start = `${ownerName(foreign)}${OWNER_SEPARATOR}`;
    throw resourcesErrors.resource_name_foreign({
      message: `The ${foreign.kind.kind} "${foreign.name}" belongs to an organization: begin its name with "${start}".`,
    });
  }
  return owned;
}

const ownerName = ({ kind, after }: Changed): string | undefined =>
  after === undefined ? undefined : kind.ownedBy?.(after.spec);

/** The ids of all organizations that are named; one that is not there is left out, for the check of references to say. */
async function organizationIds(tx: Tx, tenantId: string, changes: readonly Changed[]): Promise<Map<string, string>> {
  const names = new Set(changes.flatMap((change) => ownerName(change) ?? []));
  if (names.size === 0) return new Map();
  const there = await loadResources(
    tx,
    tenantId,
    [...names].map((name) => ({ kind: 'organization', name })),
  );
  const made = changes.flatMap(({ kind, after }) => (kind.kind === 'organization' ? (after ?? []) : []));
  return new Map([...made, ...there].map(({ name, id }) => [name, id]));
}

function withOwner(change: Changed, ids: ReadonlyMap<string, string>): Changed {
  const { kind, after, action } = change;
  if (kind.ownedBy === undefined || after === undefined || action === 'unchanged') return change;
  const organizationId = ids.get(ownerName(change) ?? '');
  const { organizationId: _, ...rest } = after;
  return { ...change, after: organizationId === undefined ? rest : { ...rest, organizationId } };
}

/** Before and after: neither taken from another nor given away. */
function isWithin({ before, after }: Changed, organizationId: string): boolean {
  return [before, after].every((state) => state === undefined || state.organizationId === organizationId);
}

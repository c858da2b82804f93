import { type RawBuilder, sql } from 'kysely';
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
  /** Only those in whose name, or in any text of whose spec, this stands; upper and lower case are alike. */
  search?: string | undefined;
  /** Only those that refer to this resource; what is part of the program refers to none. */
  refersTo?: { kind: string; name: string } | undefined;
}

export interface Page<Item> {
  items: Item[];
  /** Absent on the last page. */
  next?: string;
}

/** One page of a kind, by name. Pages follow each other without gaps or repeats, whatever is written in between. */
export async function listResources<Spec>(
  { store }: { store: Pick<Store, 'transaction'> },
  { tenantId, kind, limit = LIMITS.pageSizeDefault, after = '', search = '', refersTo }: ListInput<Spec>,
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
        .$if(search !== '', (query) => query.where(mentions(search)))
        .$if(refersTo !== undefined, (query) => query.where(refers(tenantId, kind.kind, refersTo)))
        .orderBy('name')
        .limit(size + 1)
        .execute(),
    { readOnly: true },
  );
  const wanted = search.toLowerCase();
  const builtIns = (refersTo === undefined ? [...kind.builtIns] : []).filter(
    ([name, spec]) => name > after && textsOf([name, spec]).some((text) => text.toLowerCase().includes(wanted)),
  );
  const items = [
    ...rows.map((row) => toResource<Spec>(row)),
    ...builtIns.map(([name, spec]) => builtInResource(tenantId, kind, name, spec)),
  ].sort((left, right) => (left.name < right.name ? -1 : 1));
  const page = items.slice(0, size);
  const last = page.at(-1);
  return items.length > size && last !== undefined ? { items: page, next: last.name } : { items: page };
}

/**
 * Values alone: a field's name stands in every resource of its kind. `strict`, since `lax` visits the items of lists twice.
 * What a pattern would understand otherwise is a character like any other.
 */
function mentions(search: string): RawBuilder<boolean> {
  const pattern = `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return sql<boolean>`(name ilike ${pattern} or exists (
    select from jsonb_path_query(spec, 'strict $.** ? (@.type() == "string")') as text
    where text #>> '{}' ilike ${pattern}))`;
}

/** By the index on what is referred to. */
function refers(tenantId: string, kind: string, to: ListInput<unknown>['refersTo']): RawBuilder<boolean> {
  return sql<boolean>`name = any(array(select reference.name from resource_references as reference
    where reference.tenant_id = ${tenantId} and reference.target_kind = ${to?.kind} and reference.target_name = ${to?.name}
      and reference.kind = ${kind}))`;
}

/** The same of what is in no table. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

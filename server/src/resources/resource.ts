import { type Selectable, sql } from 'kysely';
import type { Tx } from '#store';
import type { Kind } from './kind.ts';

export interface Resource<Spec = unknown> {
  tenantId: string;
  kind: string;
  id: string;
  name: string;
  /** Id of the organization that owns it; absent: it is the tenant's. */
  organizationId?: string;
  spec: Spec;
  /** Counts up from 1 with each change. */
  version: number;
  /** Milliseconds since the epoch. */
  createdAt: number;
  updatedAt: number;
  /** Part of the program: can be neither changed nor deleted. */
  builtIn: boolean;
}

export type ResourcesTables = {
  resources: {
    tenant_id: string;
    kind: string;
    name: string;
    id: string;
    organization_id: string | null;
    spec: unknown;
    version: number;
    created_at: number;
    updated_at: number;
  };
  resource_references: {
    tenant_id: string;
    kind: string;
    name: string;
    path: string;
    target_kind: string;
    target_name: string;
  };
  resource_revisions: { tenant_id: string; revision: number };
};

/** What a stored spec holds was parsed by its kind when it was written. */
export function toResource<Spec>(row: Selectable<ResourcesTables['resources']>): Resource<Spec> {
  return {
    tenantId: row.tenant_id,
    kind: row.kind,
    id: row.id,
    name: row.name,
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    spec: row.spec as Spec,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    builtIn: false,
  };
}

export function builtInResource<Spec>(tenantId: string, kind: Kind<Spec>, name: string, spec: Spec): Resource<Spec> {
  const id = `${kind.kind}:${name}`;
  return { tenantId, kind: kind.kind, id, name, spec, version: 1, createdAt: 0, updatedAt: 0, builtIn: true };
}

/** Names one state of one resource: never the same again, even when it is deleted and made anew. */
export function resourceTag(resource: Pick<Resource, 'id' | 'version'>): string {
  return `${resource.id}.${resource.version}`;
}

export interface ResourceKey {
  kind: string;
  name: string;
}

/** Rows of `keys`, whatever their number, in one statement. */
export async function loadResources(tx: Tx, tenantId: string, keys: readonly ResourceKey[]): Promise<Resource[]> {
  if (keys.length === 0) return [];
  const rows = await tx
    .withTables<ResourcesTables>()
    .selectFrom('resources')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`(kind, name) in (${keyRows(keys)})`)
    .execute();
  return rows.map((row) => toResource(row));
}

export function keyRows(keys: readonly ResourceKey[]) {
  const kinds = keys.map(({ kind }) => kind);
  const names = keys.map(({ name }) => name);
  return sql`select * from unnest(${kinds}::text[], ${names}::text[])`;
}

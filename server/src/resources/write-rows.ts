import { sql } from 'kysely';
import type { Tx } from '#store';
import { resourcesErrors } from './errors.ts';
import type { ResourceDocument } from './read-documents.ts';
import { keyRows, type Resource, type ResourceKey, type ResourcesTables } from './resource.ts';

/** Rows in one statement: eight parameters a row stay well below PostgreSQL's 65,535. */
const ROWS_PER_STATEMENT = 500;

/**
 * Makes writers of one tenant's configuration take turns, and tells how many changes there were. What is read after
 * this stays true until the transaction ends.
 */
export async function lockRevision(tx: Tx, tenantId: string): Promise<number> {
  const db = tx.withTables<ResourcesTables>();
  await db
    .insertInto('resource_revisions')
    .values({ tenant_id: tenantId, revision: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db
    .selectFrom('resource_revisions')
    .select('revision')
    .where('tenant_id', '=', tenantId)
    .forUpdate()
    .executeTakeFirst();
  return row?.revision ?? 0;
}

export async function readRevision(tx: Tx, tenantId: string): Promise<number> {
  const row = await tx
    .withTables<ResourcesTables>()
    .selectFrom('resource_revisions')
    .select('revision')
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
  return row?.revision ?? 0;
}

export async function nextRevision(tx: Tx, tenantId: string): Promise<void> {
  await tx
    .withTables<ResourcesTables>()
    .updateTable('resource_revisions')
    .set({ revision: sql<number>`revision + 1` })
    .where('tenant_id', '=', tenantId)
    .execute();
}

/**
 * @throws `resource_name_taken`: from inside an organization, what others have is not seen, and yet no name is there twice.
 */
export async function insertRows(tx: Tx, resources: readonly Resource[]): Promise<void> {
  for (const part of chunks(resources)) {
    const inserted = await tx
      .withTables<ResourcesTables>()
      .insertInto('resources')
      .values(
        part.map((resource) => ({
          tenant_id: resource.tenantId,
          kind: resource.kind,
          name: resource.name,
          id: resource.id,
          organization_id: resource.organizationId ?? null,
          spec: json(resource.spec),
          version: resource.version,
          created_at: resource.createdAt,
          updated_at: resource.updatedAt,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute();
    if (inserted.length < part.length) throw resourcesErrors.resource_name_taken();
  }
}

export async function updateRow(tx: Tx, resource: Resource): Promise<void> {
  await tx
    .withTables<ResourcesTables>()
    .updateTable('resources')
    .set({
      spec: json(resource.spec),
      version: resource.version,
      updated_at: resource.updatedAt,
      organization_id: resource.organizationId ?? null,
    })
    .where('tenant_id', '=', resource.tenantId)
    .where('kind', '=', resource.kind)
    .where('name', '=', resource.name)
    .execute();
}

export async function deleteRows(tx: Tx, tenantId: string, keys: readonly ResourceKey[]): Promise<void> {
  if (keys.length === 0) return;
  const db = tx.withTables<ResourcesTables>();
  const chosen = sql<boolean>`(kind, name) in (${keyRows(keys)})`;
  await db.deleteFrom('resources').where('tenant_id', '=', tenantId).where(chosen).execute();
}

/** References to what is part of the program need no row: it can't go away. */
export async function replaceReferences(
  tx: Tx,
  tenantId: string,
  documents: readonly ResourceDocument[],
): Promise<void> {
  if (documents.length === 0) return;
  const db = tx.withTables<ResourcesTables>();
  const keys = documents.map(({ kind, name }) => ({ kind: kind.kind, name }));
  const chosen = sql<boolean>`(kind, name) in (${keyRows(keys)})`;
  await db.deleteFrom('resource_references').where('tenant_id', '=', tenantId).where(chosen).execute();
  const rows = documents.flatMap((document) =>
    document.references.map((reference) => ({
      tenant_id: tenantId,
      kind: document.kind.kind,
      name: document.name,
      path: reference.path,
      target_kind: reference.kind,
      target_name: reference.name,
    })),
  );
  for (const part of chunks(rows)) await db.insertInto('resource_references').values(part).execute();
}

function* chunks<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT)
    yield rows.slice(start, start + ROWS_PER_STATEMENT);
}

function json(value: unknown) {
  return sql<unknown>`${JSON.stringify(value)}::jsonb`;
}

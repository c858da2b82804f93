import { sql } from 'kysely';
import type { Tx } from '#store';
import { closestWord } from './closest-word.ts';
import { resourcesErrors } from './errors.ts';
import { describeFields, type ResourceDocument } from './read-documents.ts';
import { keyRows, type ResourceKey, type ResourcesTables } from './resource.ts';

const SHOWN_MAX = 10;

/**
 * Holds that nothing refers to what is not there, once everything of a bundle is written; so the order of documents
 * does not matter.
 * @throws `resource_referenced`, `reference_missing`.
 */
export async function checkReferences(
  tx: Tx,
  tenantId: string,
  written: readonly ResourceDocument[],
  deleted: readonly ResourceKey[],
): Promise<void> {
  await refuseReferenced(tx, tenantId, deleted);
  await refuseMissing(tx, tenantId, written);
}

async function refuseReferenced(tx: Tx, tenantId: string, deleted: readonly ResourceKey[]): Promise<void> {
  if (deleted.length === 0) return;
  const referrers = await tx
    .withTables<ResourcesTables>()
    .selectFrom('resource_references as reference')
    // From inside an organization, what of the tenant refers to its own is not seen, and not named.
    .leftJoin('resources as seen', (join) =>
      join
        .onRef('seen.tenant_id', '=', 'reference.tenant_id')
        .onRef('seen.kind', '=', 'reference.kind')
        .onRef('seen.name', '=', 'reference.name'),
    )
    .select(['seen.kind', 'seen.name', 'reference.target_kind', 'reference.target_name'])
    .distinct()
    .where('reference.tenant_id', '=', tenantId)
    .where(sql<boolean>`(reference.target_kind, reference.target_name) in (${keyRows(deleted)})`)
    .orderBy('seen.kind')
    .orderBy('seen.name')
    .limit(SHOWN_MAX + 1)
    .execute();
  const [first] = referrers;
  if (first === undefined) return;
  const sameTarget = referrers.filter(
    (row) => row.target_kind === first.target_kind && row.target_name === first.target_name,
  );
  const names = sameTarget
    .slice(0, SHOWN_MAX)
    .map(({ kind, name }) => (kind === null ? 'something of the tenant' : `${kind} "${name}"`));
  const more = sameTarget.length > SHOWN_MAX ? ' and more' : '';
  throw resourcesErrors.resource_referenced({
    message: `The ${first.target_kind} "${first.target_name}" is still referred to by ${names.join(', ')}${more}. Change or delete those first, or in the same bundle.`,
    details: {
      referrers: referrers.slice(0, SHOWN_MAX).flatMap(({ kind, name }) => (kind === null ? [] : [{ kind, name }])),
    },
  });
}

async function refuseMissing(tx: Tx, tenantId: string, written: readonly ResourceDocument[]): Promise<void> {
  if (written.length === 0) return;
  const db = tx.withTables<ResourcesTables>();
  const keys = written.map(({ kind, name }) => ({ kind: kind.kind, name }));
  const missing = await db
    .selectFrom('resource_references as reference')
    .leftJoin('resources as target', (join) =>
      join
        .onRef('target.tenant_id', '=', 'reference.tenant_id')
        .onRef('target.kind', '=', 'reference.target_kind')
        .onRef('target.name', '=', 'reference.target_name'),
    )
    .select(['reference.kind', 'reference.name', 'reference.path', 'reference.target_kind', 'reference.target_name'])
    .where('reference.tenant_id', '=', tenantId)
    .where(sql<boolean>`(reference.kind, reference.name) in (${keyRows(keys)})`)
    .where('target.name', 'is', null)
    .limit(SHOWN_MAX)
    .execute();
  if (missing.length === 0) return;
  const documents = new Map(written.map((document) => [`${document.kind.kind}/${document.name}`, document]));
  const fields = [];
  for (const row of missing) {
    const known = await db
      .selectFrom('resources')
      .select('name')
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', row.target_kind)
      .limit(1000)
      .execute();
    const meant = closestWord(
      row.target_name,
      known.map(({ name }) => name),
    );
    const hint = meant === undefined ? 'create it first, or in the same bundle' : `did you mean "${meant}"?`;
    const message = `there is no ${row.target_kind} named "${row.target_name}"; ${hint}`;
    const document = documents.get(`${row.kind}/${row.name}`);
    const path = ['spec', ...row.path.split('.')];
    fields.push({ ...(document?.located(path) ?? { path: path.join('.') }), message });
  }
  throw resourcesErrors.reference_missing({ message: describeFields(fields), fields });
}

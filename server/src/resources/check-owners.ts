import type { Tx } from '#store';
import { resourcesErrors } from './errors.ts';
import { describeFields, type ResourceDocument } from './read-documents.ts';
import { loadResources } from './resource.ts';

const SHOWN_MAX = 10;

/**
 * Holds that what was written of an organization's suits that organization as it stands once the whole bundle is written.
 * What was there before is left alone when the organization changes: whoever uses it asks again.
 * @throws `documents_invalid`
 */
export async function checkOwners(tx: Tx, tenantId: string, written: readonly ResourceDocument[]): Promise<void> {
  const owned = written.flatMap((document) => {
    const { kind, spec } = document;
    const name = kind.ownedBy?.(spec);
    return name === undefined || kind.fitsOwner === undefined ? [] : [{ document, name }];
  });
  const names = [...new Set(owned.map(({ name }) => name))];
  const rows = await loadResources(
    tx,
    tenantId,
    names.map((name) => ({ kind: 'organization', name })),
  );
  const owners = new Map(rows.map(({ name, spec }) => [name, spec]));
  const fields = owned.flatMap(({ document: { kind, spec, located }, name }) =>
    (kind.fitsOwner?.(spec, owners.get(name)) ?? []).map(({ path, message }) => ({
      ...located(['spec', ...path.split('.')]),
      message,
    })),
  );
  if (fields.length === 0) return;
  const shown = fields.slice(0, SHOWN_MAX);
  throw resourcesErrors.documents_invalid({ message: describeFields(shown), fields: shown });
}

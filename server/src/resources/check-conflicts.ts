import type { Tx } from '#store';
import { resourcesErrors } from './errors.ts';
import { describeFields, type ResourceDocument } from './read-documents.ts';
import type { ResourcesTables } from './resource.ts';

const SHOWN_MAX = 10;

/**
 * Holds that what was written can stand beside everything else of its kind, once the whole bundle is written. A clash
 * between two resources that were there before is not this change's fault, and does not stop it.
 * @throws `resources_conflict`.
 */
export async function checkConflicts(tx: Tx, tenantId: string, written: readonly ResourceDocument[]): Promise<void> {
  const kinds = new Set(written.map(({ kind }) => kind));
  const fields = [];
  for (const kind of kinds) {
    if (kind.conflicts === undefined) continue;
    const mine = new Map(written.filter((document) => document.kind === kind).map((each) => [each.name, each]));
    const rows = await tx
      .withTables<ResourcesTables>()
      .selectFrom('resources')
      .select(['name', 'spec'])
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind.kind)
      .orderBy('created_at')
      .orderBy('name')
      .execute();
    for (const { first, second, path, message } of kind.conflicts(rows)) {
      const document = mine.get(second) ?? mine.get(first);
      if (document === undefined) continue;
      fields.push({ ...document.located(['spec', ...path.split('.')]), message });
    }
  }
  if (fields.length === 0) return;
  const shown = fields.slice(0, SHOWN_MAX);
  throw resourcesErrors.resources_conflict({ message: describeFields(shown), fields: shown });
}

import type { Store } from '#store';
import { type Caller, demandPermissions } from './caller.ts';
import { type Kind, readPermission } from './kind.ts';
import { type ResourcesTables, toResource } from './resource.ts';
import { readRevision } from './write-rows.ts';
import { joinYaml, orderFields, toYaml } from './write-yaml.ts';

export interface ExportedDocument {
  kind: string;
  name: string;
  spec: unknown;
}

export interface Export {
  revision: number;
  /** In the order of the kinds given, by name; what is part of the program is left out. */
  documents: ExportedDocument[];
}

/** Everything of these kinds, as of one moment. Applied to an empty instance, it gives the same export again. */
export async function exportResources(
  { store }: { store: Pick<Store, 'transaction'> },
  { caller, kinds }: { caller: Caller; kinds: readonly Kind[] },
): Promise<Export> {
  demandPermissions(caller, kinds.map(readPermission));
  const { tenantId } = caller.principal;
  return store.transaction(
    { tenantId },
    async (tx) => {
      const documents: ExportedDocument[] = [];
      for (const kind of kinds) {
        const rows = await tx
          .withTables<ResourcesTables>()
          .selectFrom('resources')
          .selectAll()
          .where('tenant_id', '=', tenantId)
          .where('kind', '=', kind.kind)
          .orderBy('name')
          .execute();
        for (const row of rows) {
          const { name, spec } = toResource(row);
          documents.push({ kind: kind.kind, name, spec: orderFields(kind.jsonSchema(), spec) });
        }
      }
      return { revision: await readRevision(tx, tenantId), documents };
    },
    { isolation: 'repeatable read', readOnly: true },
  );
}

export function exportToYaml(kinds: readonly Kind[], documents: readonly ExportedDocument[]): string {
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]));
  return joinYaml(
    documents.flatMap(({ kind, name, spec }) => {
      const found = byName.get(kind);
      return found === undefined ? [] : [toYaml(found, name, spec)];
    }),
  );
}

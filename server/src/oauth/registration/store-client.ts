import type { IdSource } from '#base';
import { kindRegistry, putResource, type Resource, readSpec, systemCaller } from '#resources';
import type { Store } from '#store';
import type { ClientSpec } from '../clients/client-schema.ts';
import { clientKind } from '../kinds.ts';

export interface StoreClientDeps extends IdSource {
  store: Pick<Store, 'transaction' | 'changes'>;
}

const KINDS = kindRegistry([clientKind]);

/** As a resource like any other: listed, exported, changed and deleted as those are. When it returns, it is in force here. */
export async function storeClient(
  deps: StoreClientDeps,
  { tenantId, name, spec, isNew }: { tenantId: string; name: string; spec: ClientSpec; isNew: boolean },
): Promise<Resource> {
  const { resource } = await putResource(deps, {
    caller: systemCaller(tenantId, 'client-registration'),
    document: readSpec(KINDS, clientKind, name, spec),
    expected: isNew ? 'absent' : 'present',
  });
  await deps.store.changes.caughtUp();
  return resource;
}

import type { ResourceSnapshot } from '#resources';
import type { ApiSpec } from './api-schema.ts';
import type { ClientDirectory } from './client-directory.ts';
import type { ClientSpec } from './client-schema.ts';

/** Keeps clients and APIs in the directory as their snapshots change. */
export function followClients(
  clients: ClientDirectory,
  snapshots: { clients: ResourceSnapshot<ClientSpec>; apis: ResourceSnapshot<ApiSpec> },
): () => void {
  const takeClients = (tenantIds: readonly string[]) => {
    for (const tenantId of tenantIds) clients.setClients(tenantId, snapshots.clients.all(tenantId));
  };
  const takeApis = (tenantIds: readonly string[]) => {
    for (const tenantId of tenantIds) clients.setApis(tenantId, snapshots.apis.all(tenantId));
  };
  const stops = [snapshots.clients.onChange(takeClients), snapshots.apis.onChange(takeApis)];
  takeClients(snapshots.clients.tenants());
  takeApis(snapshots.apis.tenants());
  return () => {
    for (const stop of stops) stop();
  };
}

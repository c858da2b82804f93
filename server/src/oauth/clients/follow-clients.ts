import { type ResourceSnapshot, SINGLETON_NAME } from '#resources';
import { DEFAULT_PROFILE } from '../profiles/profile.ts';
import type { SecurityProfileSpec } from '../profiles/security-profile-schema.ts';
import type { ApiSpec } from './api-schema.ts';
import type { ClientDirectory } from './client-directory.ts';
import type { ClientSpec } from './client-schema.ts';

/** Keeps clients and APIs in the directory as their snapshots change. */
export function followClients(
  clients: ClientDirectory,
  snapshots: {
    clients: ResourceSnapshot<ClientSpec>;
    apis: ResourceSnapshot<ApiSpec>;
    profiles: ResourceSnapshot<SecurityProfileSpec>;
  },
): () => void {
  const takeClients = (tenantIds: readonly string[]) => {
    for (const tenantId of tenantIds) clients.setClients(tenantId, snapshots.clients.all(tenantId));
  };
  const takeApis = (tenantIds: readonly string[]) => {
    for (const tenantId of tenantIds) clients.setApis(tenantId, snapshots.apis.all(tenantId));
  };
  const takeProfiles = (tenantIds: readonly string[]) => {
    for (const tenantId of tenantIds) {
      const declared = snapshots.profiles.get(tenantId, SINGLETON_NAME);
      clients.setProfile(tenantId, declared?.spec.profile ?? DEFAULT_PROFILE);
    }
  };
  const stops = [
    snapshots.profiles.onChange(takeProfiles),
    snapshots.clients.onChange(takeClients),
    snapshots.apis.onChange(takeApis),
  ];
  takeProfiles(snapshots.profiles.tenants());
  takeClients(snapshots.clients.tenants());
  takeApis(snapshots.apis.tenants());
  return () => {
    for (const stop of stops) stop();
  };
}

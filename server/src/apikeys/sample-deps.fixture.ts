import { createHmac } from 'node:crypto';
import { auditMigrations } from '#audit';
import { type Principal, systemPrincipal, systemRandom } from '#base';
import { applyResources, kindRegistry, readPlainDocuments, resourcesMigrations, systemCaller } from '#resources';
import type { Store } from '#store';
import { fixedClock } from '#testing';
import type { KeyOwners } from './key-owners.ts';
import { keyPolicyKind } from './key-policy.ts';
import { apikeysMigrations } from './migrations.ts';

/** What this room's tests share. */
export const migrations = [auditMigrations, resourcesMigrations, apikeysMigrations];
export const clock = fixedClock();
export const keyring = {
  mac: (purpose: string, data: string | Uint8Array) => createHmac('sha256', purpose).update(data).digest(),
};
/** Everybody may do everything, but those who are named. */
export const ownersBut = (nobodies: ReadonlySet<string> = new Set()): KeyOwners => ({
  standing: async (places) =>
    places.map(({ tenantId, id }) => (nobodies.has(`${tenantId} ${id}`) ? undefined : { roles: [], groups: [] })),
  narrow: (_place, _standing, key) => key,
  version: () => 0,
});
export const owners = ownersBut();
export const deps = { keyring, clock, random: systemRandom, authorizeGrant: () => undefined, holds: () => true };
export const actor: Principal = { ...systemPrincipal('ten_1', 'test'), type: 'user', id: 'usr_admin' };

/** What the policy of a tenant's keys says from now on. */
export function applyKeyPolicy(store: Store, tenantId: string, spec: object) {
  const documents = readPlainDocuments(kindRegistry([keyPolicyKind]), [{ kind: 'key_policy', name: 'default', spec }]);
  return applyResources({ ...deps, store }, { caller: systemCaller(tenantId, 'test'), documents });
}

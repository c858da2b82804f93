import type { KeyOwners } from '#apikeys';
import { narrowToOwner, type RoleSpec, roleKind, standingOfOwners } from '#directory';
import type { ResourceSnapshot, ResourceSnapshots } from '#resources';
import type { Store } from '#store';

/** What keys' owners may do: the directory knows who they are, the roles in memory what that means. */
export function openKeyOwners(
  store: Pick<Store, 'transaction'>,
  resources: ResourceSnapshots,
  roles: ResourceSnapshot<RoleSpec>,
): KeyOwners {
  let version = 0;
  resources.onChange([roleKind], () => {
    version += 1;
  });
  return {
    standing: (places) => store.transaction({ system: true }, (tx) => standingOfOwners(tx, places), { readOnly: true }),
    narrow: (place, standing, key) => narrowToOwner(roles, place, standing, key),
    version: () => version,
  };
}

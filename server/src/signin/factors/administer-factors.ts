import type { Principal } from '#base';
import { type AdministrationDeps, demandPowerOver } from '#directory';
import { hasPassword } from '../password-credentials.ts';
import { getOwnUser, type PlaceOfPerson } from '../user-sessions.ts';
import { type FactorDeps, removeFactor, type WhichFactor } from './change-factors.ts';
import { listFactors, type PersonFactors } from './list-factors.ts';

/** What somebody can prove themselves with, as an administrator sees it. */
export interface FactorsOfPerson extends PersonFactors {
  hasPassword: boolean;
}

/** @throws `user_not_found`, also for who is outside the caller's organization */
export async function listUserFactors(
  { store }: Pick<FactorDeps, 'store'>,
  place: PlaceOfPerson,
): Promise<FactorsOfPerson> {
  return store.transaction(
    { tenantId: place.tenantId },
    async (tx) => {
      const user = await getOwnUser(tx, place);
      return { ...(await listFactors(tx, user)), hasPassword: await hasPassword(tx, place) };
    },
    { readOnly: true },
  );
}

/**
 * Takes one factor of a person away, such as a security key that was stolen. It takes power over the account, since what
 * is left is easier to get past. The last one of somebody who must have one stays: a recovery link is for that, which
 * ends every session too.
 * @throws `user_not_found`, `person_beyond_own`, `passkey_not_found`, `last_strong_factor`
 */
export async function removeUserFactor(
  deps: FactorDeps & Pick<AdministrationDeps, 'roles'>,
  { which, actor, ...place }: PlaceOfPerson & { which: WhichFactor; actor: Principal },
): Promise<void> {
  const { tenantId, userId } = place;
  const user = await deps.store.transaction({ tenantId }, async (tx) => {
    const found = await getOwnUser(tx, place);
    await demandPowerOver(tx, deps, { tenantId, userId, actor });
    return found;
  });
  await removeFactor(deps, { user, which, device: 'administrator', actor });
}

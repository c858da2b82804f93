import type { Tx } from '#store';
import { directoryErrors } from './errors.ts';
import { getMembership } from './memberships-find.ts';
import { getServiceAccount } from './service-accounts.ts';
import { getUser } from './users-find.ts';

/**
 * Is there somebody whom a credential could act for, in the place where it is to be good?
 * @throws `user_not_found`, `membership_not_found`, `service_account_not_found`
 */
export async function demandOwner(
  tx: Tx,
  input: { tenantId: string; organizationId?: string; owner?: { type: 'user' | 'service_account'; id: string } },
): Promise<void> {
  const { tenantId, organizationId, owner } = input;
  if (owner === undefined) return;
  if (owner.type === 'service_account') {
    const account = await getServiceAccount(tx, { tenantId, id: owner.id });
    if (account.organizationId !== organizationId) throw directoryErrors.service_account_not_found();
    return;
  }
  await getUser(tx, { tenantId, id: owner.id });
  if (organizationId !== undefined) await getMembership(tx, { tenantId, organizationId, userId: owner.id });
}

import type { Tx } from '#store';
import { removeCode } from './ciba/change-approval-code.ts';
import type { OAuthTables } from './tables.ts';

/**
 * What a person set and agreed to, in the transaction that deletes them. Their grants stay until they expire: they are what
 * the end of their tokens is written down by, and hold an id and no more.
 */
export async function erasePersonOfOAuth(tx: Tx, person: { tenantId: string; userId: string }): Promise<void> {
  await removeCode(tx, person);
  await tx
    .withTables<OAuthTables>()
    .deleteFrom('consents')
    .where('tenant_id', '=', person.tenantId)
    .where('user_id', '=', person.userId)
    .execute();
}

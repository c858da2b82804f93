import type { IdSource } from '#base';
import type { Tx } from '#store';
import { directoryErrors } from './errors.ts';
import { emailKey } from './users-email.ts';
import { findUserByEmail } from './users-find.ts';
import type { User } from './users-record.ts';
import { getLockedUser, type WhichUser, writeUser } from './users-write.ts';

/**
 * Gives a person another address, by which they sign in from now on. For rooms that have seen proof that the person reads
 * it; whoever administers others uses `updateUser`.
 * @throws `user_not_found`, `email_taken`
 */
export async function replaceProvedEmail(
  tx: Tx,
  deps: IdSource,
  { email, ...which }: WhichUser & { email: string },
): Promise<User> {
  const { tenantId, id } = which;
  await getLockedUser(tx, which);
  const other = await findUserByEmail(tx, { tenantId, email });
  if (other !== undefined && other.id !== id) throw directoryErrors.email_taken();
  return writeUser(tx, deps, which, {
    set: { email, email_key: emailKey(email), email_verified: true },
    event: 'user.updated',
    detail: { fields: ['email', 'emailVerified'] },
  });
}

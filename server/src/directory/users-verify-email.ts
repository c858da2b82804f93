import type { IdSource } from '#base';
import type { Tx } from '#store';
import { emailKey } from './users-email.ts';
import type { User } from './users-record.ts';
import { getLockedUser, type WhichUser, writeUser } from './users-write.ts';

/**
 * Records that messages to this address reach the person. Nothing happens when they have another address by now: the
 * proof was for the one that it was sent to.
 * @throws `user_not_found`
 */
export async function setEmailVerified(
  tx: Tx,
  deps: IdSource,
  { email, ...which }: WhichUser & { email: string },
): Promise<User> {
  const before = await getLockedUser(tx, which);
  if (before.emailVerified || emailKey(email.trim()) !== emailKey(before.email)) return before;
  return writeUser(tx, deps, which, { set: { email_verified: true }, event: 'user.email_verified', detail: {} });
}

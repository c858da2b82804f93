import type { IdSource, Principal } from '#base';
import { directoryErrors, getUser, type User } from '#directory';
import type { Store, Tx } from '#store';
import { endSession, endSessions } from './end-session.ts';
import { listSessions } from './list-sessions.ts';
import type { Session } from './session-record.ts';

export interface UserSessionsDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
}

/** Where an administrator acts: a tenant, and the organization that he is confined to, if any. */
export interface PlaceOfPerson {
  tenantId: string;
  organizationId?: string;
  userId: string;
}

/** @throws `user_not_found`, also for who is outside the caller's organization */
export async function listUserSessions({ store, clock }: UserSessionsDeps, place: PlaceOfPerson): Promise<Session[]> {
  const { tenantId } = place;
  return store.transaction(
    { tenantId },
    async (tx) => listSessions(tx, { user: await getOwnUser(tx, place), now: clock.now() }),
    { readOnly: true },
  );
}

/**
 * Ends one session of a person, or all of them: at once, with the tokens that applications got in it (ASVS 7.4.5).
 * @returns how many ended. @throws `user_not_found`, `session_not_found`
 */
export async function endUserSessions(
  deps: UserSessionsDeps,
  { id, actor, ...place }: PlaceOfPerson & { id?: string; actor: Principal },
): Promise<number> {
  const { tenantId, userId, organizationId } = place;
  const reason = 'ended_by_administrator';
  return deps.store.transaction({ tenantId }, async (tx) => {
    const user = await getOwnUser(tx, place);
    if (id !== undefined) {
      await endSession(tx, deps, { tenantId, userId, id, reason, actor, organizationId });
      return 1;
    }
    const ids = (await listSessions(tx, { user, now: deps.clock.now() })).map((session) => session.id);
    return endSessions(tx, deps, { tenantId, userId, ids, reason, actor, organizationId });
  });
}

/** An organization administers the accounts that it manages; a guest's sessions are not its own. */
export async function getOwnUser(tx: Tx, { tenantId, organizationId, userId }: PlaceOfPerson): Promise<User> {
  const user = await getUser(tx, { tenantId, id: userId });
  if (organizationId !== undefined && user.organizationId !== organizationId) throw directoryErrors.user_not_found();
  return user;
}

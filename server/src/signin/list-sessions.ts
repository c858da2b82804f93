import type { User } from '#directory';
import type { Tx } from '#store';
import { isAlive, SESSIONS_PER_USER_MAX } from './session-lifetimes.ts';
import { type Session, toSession } from './session-record.ts';
import type { SigninTables } from './tables.ts';

/** The sessions of a person that would be let in now, most recently used first. */
export async function listSessions(tx: Tx, { user, now }: { user: User; now: number }): Promise<Session[]> {
  const rows = await tx
    .withTables<SigninTables>()
    .selectFrom('sessions')
    .selectAll()
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.id)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('last_seen_at', 'desc')
    .orderBy('id', 'desc')
    .limit(SESSIONS_PER_USER_MAX)
    .execute();
  return rows.map(toSession).filter((session) => isAlive(session, now) && session.createdAt > user.sessionsNotBefore);
}

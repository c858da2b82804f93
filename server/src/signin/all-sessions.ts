import type { Clock } from '#base';
import { findUsers, listUsers, type User } from '#directory';
import type { Store, Tx } from '#store';
import { isAlive } from './session-lifetimes.ts';
import { type Session, toSession } from './session-record.ts';
import type { SigninTables } from './tables.ts';

export const allSessionsMigration = {
  name: 'all sessions by when they began',
  sql: 'create index sessions_open on sessions (tenant_id, created_at, id) where ended_at is null;',
} as const;

/** So many people a search looks at: whoever is meant is found by more of their name. */
const PEOPLE_MAX = 200;

export interface SessionPage {
  items: { session: Session; user: User }[];
  /** Pass it as `after` to get the next page; absent on the last. */
  next?: SessionMark;
  /** `false`: more people match the search than were looked at. */
  complete: boolean;
}

export interface SessionMark {
  createdAt: number;
  id: string;
}

/**
 * Everybody's sessions that would be let in now, the newest first. `search` is part of the name or of the address of a person.
 * A page may hold fewer than `limit`: what ended with an account is looked at and left out.
 */
export async function listAllSessions(
  { store, clock }: { store: Pick<Store, 'transaction'>; clock: Clock },
  input: { tenantId: string; search?: string | undefined; limit: number; after?: SessionMark | undefined },
): Promise<SessionPage> {
  const { tenantId, search } = input;
  return store.transaction(
    { tenantId },
    async (tx) => {
      const found = search === undefined ? undefined : await listUsers(tx, { tenantId, search, limit: PEOPLE_MAX });
      const { sessions, next } = await readPage(tx, {
        ...input,
        now: clock.now(),
        of: found?.items.map(({ id }) => id),
      });
      const users = await findUsers(tx, { tenantId, ids: [...new Set(sessions.map(({ userId }) => userId))] });
      const items = sessions.flatMap((session) => {
        const user = users.get(session.userId);
        const good = user?.status === 'active' && session.createdAt > user.sessionsNotBefore;
        return user !== undefined && good ? [{ session, user }] : [];
      });
      return { items, complete: found?.next === undefined, ...(next === undefined ? {} : { next }) };
    },
    { readOnly: true },
  );
}

interface PageInput {
  tenantId: string;
  now: number;
  limit: number;
  after?: SessionMark | undefined;
  of: readonly string[] | undefined;
}

async function readPage(
  tx: Tx,
  { tenantId, now, limit, after, of }: PageInput,
): Promise<{ sessions: Session[]; next?: SessionMark }> {
  if (of?.length === 0) return { sessions: [] };
  const rows = await tx
    .withTables<SigninTables>()
    .selectFrom('sessions')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .$if(of !== undefined, (query) => query.where('user_id', 'in', of ?? []))
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('created_at', 'id'), '<', tuple(after?.createdAt ?? 0, after?.id ?? '')),
      ),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    sessions: page.map(toSession).filter((session) => isAlive(session, now)),
    ...(rows.length > limit && last !== undefined ? { next: { createdAt: last.created_at, id: last.id } } : {}),
  };
}

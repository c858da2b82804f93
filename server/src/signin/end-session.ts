import { recordEvent } from '#audit';
import { type IdSource, type Principal, systemPrincipal } from '#base';
import type { User } from '#directory';
import { recordChange, type Tx } from '#store';
import type { SigninAuditEvent } from './audit-events.ts';
import { signinErrors } from './errors.ts';
import { listSessions } from './list-sessions.ts';
import type { SessionEndReason, SigninTables } from './tables.ts';

interface Ending {
  reason: SessionEndReason;
  actor?: Principal;
  /** Whose event it is, where an organization ends it: the database lets it write no other. */
  organizationId?: string | undefined;
}

/**
 * Ends one session of this person, effective at once.
 * @throws `session_not_found` also for another person's session: that it exists is not theirs to know.
 */
export async function endSession(
  tx: Tx,
  deps: IdSource,
  input: { tenantId: string; userId: string; id: string } & Ending & { actor: Principal },
): Promise<void> {
  const { id, ...which } = input;
  const ended = await endSessions(tx, deps, { ...which, ids: [id] });
  if (ended === 0) throw signinErrors.session_not_found();
}

/** Ends every session of this person but one. Returns how many. */
export async function endOtherSessions(
  tx: Tx,
  deps: IdSource,
  { user, keep, actor }: { user: User; keep: string; actor: Principal },
): Promise<number> {
  const sessions = await listSessions(tx, { user, now: deps.clock.now() });
  const ids = sessions.map(({ id }) => id).filter((id) => id !== keep);
  return endSessions(tx, deps, { tenantId: user.tenantId, userId: user.id, ids, reason: 'ended_by_user', actor });
}

/** One statement decides which of them end here, so that each ends once, with one event. */
export async function endSessions(
  tx: Tx,
  deps: IdSource,
  input: { tenantId: string; userId?: string; ids: readonly string[] } & Ending,
): Promise<number> {
  const { tenantId, userId, ids, reason, organizationId } = input;
  if (ids.length === 0) return 0;
  const ended = await tx
    .withTables<SigninTables>()
    .updateTable('sessions')
    .set({ ended_at: deps.clock.now(), end_reason: reason })
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', ids)
    .where('ended_at', 'is', null)
    .$if(userId !== undefined, (query) => query.where('user_id', '=', userId ?? ''))
    .returning(['id', 'origin_id', 'user_id'])
    .execute();
  for (const session of ended) {
    await recordEvent(tx, deps, {
      tenantId,
      ...(organizationId === undefined ? {} : { organizationId }),
      type: 'session.ended' satisfies SigninAuditEvent,
      actor: input.actor ?? systemPrincipal(tenantId, 'sessions'),
      target: { type: 'session', id: session.id },
      detail: { userId: session.user_id, reason },
    });
    // A replaced session goes on in the new one: what hangs on it (tokens of applications) does not end.
    const operation = reason === 'replaced' ? 'put' : 'delete';
    await recordChange(tx, { tenantId, topic: 'session', id: session.origin_id, operation });
  }
  if (reason !== 'replaced')
    await endActingBeside(tx, deps, { tenantId, organizationId, origins: ended.map((each) => each.origin_id) });
  return ended.length;
}

/** Whoever signs out no longer acts for anybody. */
async function endActingBeside(
  tx: Tx,
  deps: IdSource,
  {
    tenantId,
    organizationId,
    origins,
  }: { tenantId: string; organizationId: string | undefined; origins: readonly string[] },
): Promise<void> {
  if (origins.length === 0) return;
  const acting = await tx
    .withTables<SigninTables>()
    .selectFrom('sessions')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('actor_session_id', 'in', origins)
    .where('ended_at', 'is', null)
    .execute();
  await endSessions(tx, deps, {
    tenantId,
    ids: acting.map(({ id }) => id),
    reason: 'actor_signed_out',
    organizationId,
  });
}

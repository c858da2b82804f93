import { recordEvent } from '#audit';
import type { User } from '#directory';
import type { Tx } from '#store';
import type { SigninAuditEvent } from './audit-events.ts';
import { isTooFar, type Place, placeText } from './place.ts';
import { tellIfPossible } from './recovery/notices.ts';
import type { SessionDeps, StartedSession } from './start-session.ts';
import type { SigninTables } from './tables.ts';
import { userPrincipal } from './user-principal.ts';

/** Where the person signed in last, and when. Asked before the session that begins is there. */
export interface LastPlace {
  place: Place;
  at: number;
}

/** Asked only where the place of this sign-in is known: without a proxy that says so, it costs nothing. */
export async function findLastPlace(tx: Tx, { tenantId, id }: User): Promise<LastPlace | undefined> {
  const row = await tx
    .withTables<SigninTables>()
    .selectFrom('sessions')
    .select(['place', 'created_at'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', id)
    .where('place', 'is not', null)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined || row.place === null ? undefined : { place: row.place, at: row.created_at };
}

/**
 * Two sign-ins too far apart for the time between: the person is told, and it is written down. Nothing is refused, since a
 * company's exit node or a telephone's roaming looks the same.
 */
export async function noticeTravel(
  tx: Tx,
  deps: SessionDeps,
  input: { user: User; last: LastPlace; started: StartedSession },
): Promise<void> {
  const { user, last, started } = input;
  const { session } = started;
  const { place } = session;
  if (place === undefined || !isTooFar(last.place, place, session.createdAt - last.at)) return;
  await tellIfPossible(tx, deps, {
    user,
    notice: 'impossible_travel',
    happening: { device: session, place, before: last.place },
  });
  await recordEvent(tx, deps, {
    tenantId: user.tenantId,
    type: 'user.impossible_travel' satisfies SigninAuditEvent,
    actor: userPrincipal(user, session),
    target: { type: 'user', id: user.id },
    detail: {
      sessionId: session.id,
      from: placeText(last.place),
      to: placeText(place),
      minutes: Math.round((session.createdAt - last.at) / 60_000),
    },
  });
}

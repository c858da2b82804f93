import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import type { User } from '#directory';
import type { Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import { type MayTell, tellIfPossible } from '../recovery/notices.ts';
import type { Device } from '../start-session.ts';
import type { SigninTables } from '../tables.ts';
import { listFactors } from './list-factors.ts';

/** What stands beside the password. */
const TABLES = ['totp_credentials', 'passkeys', 'recovery_codes'] as const;

/**
 * Removes every factor but the password, for somebody who has lost them; with `since` those that were set up then or later,
 * and were perhaps somebody else's. The person is told, with the names of those that went.
 */
export async function dropFactors(
  tx: Tx,
  deps: IdSource & MayTell,
  input: { user: User; device: Device; locale?: string | undefined; actor: Principal; since?: number },
): Promise<void> {
  const { user, device, locale, actor, since = 0 } = input;
  const { totpSince, passkeys } = await listFactors(tx, user);
  const names = [
    ...(totpSince === undefined || totpSince < since ? [] : ['Authenticator app']),
    ...passkeys.filter(({ createdAt }) => createdAt >= since).map(({ name }) => name),
  ];
  const db = tx.withTables<SigninTables>();
  const theirs = { tenant_id: user.tenantId, user_id: user.id };
  for (const table of TABLES) {
    await db
      .deleteFrom(table)
      .where((where) => where.and(theirs))
      .where('created_at', '>=', since)
      .execute();
  }
  // Half set up: it lasts minutes, and says nothing of when it was begun.
  await db
    .deleteFrom('totp_enrolments')
    .where((where) => where.and(theirs))
    .execute();
  if (names.length === 0) return;
  const happening = { device, factor: names.join(', ') };
  await tellIfPossible(tx, deps, { user, notice: 'factor_removed', happening, locale });
  await recordEvent(tx, deps, {
    tenantId: user.tenantId,
    type: 'user.factor_removed' satisfies SigninAuditEvent,
    actor,
    target: { type: 'user', id: user.id },
    detail: { factors: names },
  });
}

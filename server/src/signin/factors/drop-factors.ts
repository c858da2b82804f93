import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import type { User } from '#directory';
import type { Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import { type MayTell, tellIfPossible } from '../recovery/notices.ts';
import type { Device } from '../start-session.ts';
import type { SigninTables } from '../tables.ts';
import { listFactors } from './list-factors.ts';

/** What stands beside the password. One that is half set up goes too: somebody else may have begun it. */
const TABLES = ['totp_credentials', 'totp_enrolments', 'passkeys', 'recovery_codes'] as const;

/** Removes every factor but the password, for somebody who has lost them. The person is told, with the names of those that went. */
export async function dropFactors(
  tx: Tx,
  deps: IdSource & MayTell,
  input: { user: User; device: Device; locale?: string | undefined; actor: Principal },
): Promise<void> {
  const { user, device, locale, actor } = input;
  const { totpSince, passkeys } = await listFactors(tx, user);
  const names = [...(totpSince === undefined ? [] : ['Authenticator app']), ...passkeys.map(({ name }) => name)];
  for (const table of TABLES) {
    await tx
      .withTables<SigninTables>()
      .deleteFrom(table)
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.id)
      .execute();
  }
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

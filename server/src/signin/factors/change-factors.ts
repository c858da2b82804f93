import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import type { User } from '#directory';
import type { Store, Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import { forgetRememberedDevices } from '../devices/known-devices.ts';
import { signinErrors } from '../errors.ts';
import { strongFactors } from '../flow/sign-in-steps.ts';
import type { SignInPolicies } from '../policy/effective-policy.ts';
import { type Happening, type MayTell, tellIfPossible } from '../recovery/notices.ts';
import type { SigninTables } from '../tables.ts';
import { enrolledFactors } from './enrolled-factors.ts';

export interface FactorDeps extends IdSource, MayTell {
  store: Pick<Store, 'transaction'>;
  policies: Pick<SignInPolicies<User>, 'of'>;
}

/** One factor of one person: the authenticator app, or one of their passkeys. */
export type WhichFactor = { factor: 'totp' } | { factor: 'passkey'; id: string };

/**
 * Takes a factor away. Serialisable: of two that are removed at the same moment, each would otherwise see the other still
 * there, and nothing would be left.
 * @throws `passkey_not_found`, `last_strong_factor` for somebody who must have one
 */
export async function removeFactor(
  deps: FactorDeps,
  input: { user: User; which: WhichFactor; device: Happening['device']; actor: Principal },
): Promise<void> {
  const { user, which, device, actor } = input;
  const { tenantId, id: userId } = user;
  await deps.store.transaction(
    { tenantId },
    async (tx) => {
      const name = await take(tx, { tenantId, userId, which });
      const policy = deps.policies.of(user);
      const left = strongFactors({ policy, enrolled: await enrolledFactors(tx, user) });
      if (left.length === 0) {
        if (policy.secondFactorRequired) throw signinErrors.last_strong_factor();
        // They stood in for what is no longer there, and would be all that is asked for.
        const db = tx.withTables<SigninTables>();
        await db.deleteFrom('recovery_codes').where('tenant_id', '=', tenantId).where('user_id', '=', userId).execute();
      }
      await forgetRememberedDevices(tx, { tenantId, userId });
      const happening = { device, factor: name ?? 'Authenticator app' };
      await tellIfPossible(tx, deps, { user, notice: 'factor_removed', happening });
      await recordEvent(tx, deps, {
        tenantId,
        // The database lets an organization write no other's event.
        ...(actor.organizationId === undefined ? {} : { organizationId: actor.organizationId }),
        type: 'user.factor_removed' satisfies SigninAuditEvent,
        actor,
        target: { type: 'user', id: userId },
        detail: { ...which, ...(name === undefined ? {} : { name }) },
      });
    },
    { isolation: 'serializable' },
  );
}

async function take(
  tx: Tx,
  { tenantId, userId, which }: { tenantId: string; userId: string; which: WhichFactor },
): Promise<string | undefined> {
  const db = tx.withTables<SigninTables>();
  if (which.factor === 'totp') {
    const taken = await db
      .deleteFrom('totp_credentials')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .returning('user_id')
      .executeTakeFirst();
    if (taken === undefined) throw signinErrors.passkey_not_found();
    return undefined;
  }
  const taken = await db
    .deleteFrom('passkeys')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('id', '=', which.id)
    .returning('name')
    .executeTakeFirst();
  if (taken === undefined) throw signinErrors.passkey_not_found();
  return taken.name;
}

/** Of a passkey's name, in UTF-16 units. */
const PASSKEY_NAME_LENGTH_MAX = 100;

/** @throws `passkey_not_found`, also for another person's */
export async function renamePasskey(
  deps: FactorDeps,
  { user, id, name, actor }: { user: User; id: string; name: string; actor: Principal },
): Promise<void> {
  const { tenantId } = user;
  const cleaned = name
    .replaceAll(/\p{Cc}/gu, '')
    .trim()
    .slice(0, PASSKEY_NAME_LENGTH_MAX);
  if (cleaned === '') return;
  await deps.store.transaction({ tenantId }, async (tx) => {
    const renamed = await tx
      .withTables<SigninTables>()
      .updateTable('passkeys')
      .set({ name: cleaned })
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', user.id)
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst();
    if (renamed === undefined) throw signinErrors.passkey_not_found();
    await recordEvent(tx, deps, {
      tenantId,
      type: 'user.passkey_renamed' satisfies SigninAuditEvent,
      actor,
      target: { type: 'user', id: user.id },
      detail: { passkeyId: id, name: cleaned },
    });
  });
}

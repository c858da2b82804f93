import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import type { User } from '#directory';
import type { Keyring } from '#keyring';
import type { Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import { signinErrors } from '../errors.ts';
import { type MayTell, tellIfPossible } from '../recovery/notices.ts';
import type { Device } from '../start-session.ts';
import type { SigninTables } from '../tables.ts';
import { TOTP_SECRET_BYTES, totpStepOf } from './totp.ts';

export interface TotpDeps extends IdSource, MayTell {
  keyring: Pick<Keyring, 'seal' | 'open'>;
}

/** Long enough to find the phone and to install an app. */
export const TOTP_ENROLMENT_LIFETIME_MS = 30 * 60_000;

const place = (table: 'totp_enrolments' | 'totp_credentials', userId: string) => ({
  table,
  column: 'secret_sealed',
  row: userId,
});

/**
 * The secret to set an authenticator app up with. It opens nothing before {@link confirmTotp}, and asking again within
 * the time shows the same: a page that is loaded anew must not make the code just scanned worthless.
 */
export async function beginTotp(tx: Tx, deps: TotpDeps, user: Pick<User, 'tenantId' | 'id'>): Promise<Buffer> {
  const now = deps.clock.now();
  const pending = await findEnrolment(tx, deps, user);
  if (pending !== undefined) return pending;
  const secret = deps.random.bytes(TOTP_SECRET_BYTES);
  const row = {
    secret_sealed: deps.keyring.seal(secret, place('totp_enrolments', user.id)),
    expires_at: now + TOTP_ENROLMENT_LIFETIME_MS,
  };
  await tx
    .withTables<SigninTables>()
    .insertInto('totp_enrolments')
    .values({ tenant_id: user.tenantId, user_id: user.id, ...row })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet(row))
    .execute();
  return secret;
}

async function findEnrolment(tx: Tx, deps: TotpDeps, user: Pick<User, 'tenantId' | 'id'>): Promise<Buffer | undefined> {
  const row = await tx
    .withTables<SigninTables>()
    .selectFrom('totp_enrolments')
    .select('secret_sealed')
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.id)
    .where('expires_at', '>', deps.clock.now())
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : deps.keyring.open(row.secret_sealed, place('totp_enrolments', user.id));
}

/** The app shows the right code: from now on its codes count. It takes the place of one set up before. */
export async function confirmTotp(
  tx: Tx,
  deps: TotpDeps,
  { user, code, device, actor }: { user: User; code: string; device: Device; actor: Principal },
): Promise<boolean> {
  const { tenantId, id } = user;
  const secret = await findEnrolment(tx, deps, user);
  if (secret === undefined) throw signinErrors.enrolment_over();
  const step = totpStepOf(secret, code, deps.clock.now());
  if (step === undefined) return false;
  const db = tx.withTables<SigninTables>();
  await db.deleteFrom('totp_enrolments').where('tenant_id', '=', tenantId).where('user_id', '=', id).execute();
  const row = {
    secret_sealed: deps.keyring.seal(secret, place('totp_credentials', id)),
    // The code that confirmed it is used up as well.
    last_step: step,
    created_at: deps.clock.now(),
  };
  await db
    .insertInto('totp_credentials')
    .values({ tenant_id: tenantId, user_id: id, ...row })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet(row))
    .execute();
  const happening = { device, factor: 'Authenticator app' };
  await tellIfPossible(tx, deps, { user, notice: 'factor_added', happening });
  await recordEvent(tx, deps, {
    tenantId,
    type: 'user.factor_added' satisfies SigninAuditEvent,
    actor,
    target: { type: 'user', id },
    detail: { factor: 'totp' },
  });
  return true;
}

/** Takes a code, once: of many at the same moment one statement lets exactly one move the step on (RFC 6238 §5.2). */
export async function useTotpCode(
  tx: Tx,
  deps: TotpDeps,
  { tenantId, userId, code }: { tenantId: string; userId: string; code: string },
): Promise<boolean> {
  const db = tx.withTables<SigninTables>();
  const row = await db
    .selectFrom('totp_credentials')
    .select('secret_sealed')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (row === undefined) return false;
  const secret = deps.keyring.open(row.secret_sealed, place('totp_credentials', userId));
  const step = totpStepOf(secret, code, deps.clock.now());
  if (step === undefined) return false;
  const taken = await db
    .updateTable('totp_credentials')
    .set({ last_step: step })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('secret_sealed', '=', row.secret_sealed)
    .where('last_step', '<', step)
    .returning('user_id')
    .executeTakeFirst();
  return taken !== undefined;
}

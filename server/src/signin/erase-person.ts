import { sql } from 'kysely';
import { recordChange, type Tx } from '#store';

/** Every table of this room that holds something of a person, under `user_id`. A new one belongs here. */
const TABLES = [
  'password_credentials',
  'sessions',
  'sign_in_flows',
  'totp_credentials',
  'totp_enrolments',
  'recovery_codes',
  'passkeys',
  'known_devices',
  'email_challenges',
  'impersonations',
] as const;

/** Erases all that this room knows of a person: authenticators, and where they were signed in. Their sessions end. */
export async function erasePersonOfSignin(
  tx: Tx,
  { tenantId, userId }: { tenantId: string; userId: string },
): Promise<void> {
  const { rows } = await sql<{ origin_id: string }>`
    select distinct origin_id from sessions where tenant_id = ${tenantId} and user_id = ${userId}`.execute(tx);
  for (const table of TABLES) {
    await sql`delete from ${sql.table(table)} where tenant_id = ${tenantId} and user_id = ${userId}`.execute(tx);
  }
  for (const { origin_id: id } of rows) await recordChange(tx, { tenantId, topic: 'session', id, operation: 'delete' });
}

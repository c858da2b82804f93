import { sql } from 'kysely';
import type { User } from '#directory';
import type { Tx } from '#store';
import type { Factor } from '../policy/sign-in-policy-kind.ts';

/** What this person has set up, in one round trip. */
export async function enrolledFactors(
  tx: Tx,
  { tenantId, id }: Pick<User, 'tenantId' | 'id'>,
): Promise<ReadonlySet<Factor>> {
  const { rows } = await sql<Record<Exclude<Factor, 'email'>, boolean>>`
    select
      exists (select from password_credentials where tenant_id = ${tenantId} and user_id = ${id}) as password,
      exists (select from passkeys where tenant_id = ${tenantId} and user_id = ${id}) as passkey,
      exists (select from totp_credentials where tenant_id = ${tenantId} and user_id = ${id}) as totp,
      exists (select from recovery_codes where tenant_id = ${tenantId} and user_id = ${id} and used_at is null)
        as recovery_code`.execute(tx);
  const [row] = rows;
  const factors = Object.entries(row ?? {}) as [Factor, boolean][];
  return new Set(factors.filter(([, has]) => has).map(([factor]) => factor));
}

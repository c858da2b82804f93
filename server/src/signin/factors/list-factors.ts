import type { User } from '#directory';
import type { Tx } from '#store';
import { type Passkey, passkeysOf, toPasskey } from '../passkeys/passkey-record.ts';
import type { SigninTables } from '../tables.ts';
import { countRecoveryCodes } from './recovery-codes.ts';

/** What somebody can prove themselves with besides a password. */
export interface PersonFactors {
  /** When the authenticator app was set up. */
  totpSince: number | undefined;
  passkeys: readonly Passkey[];
  /** How many are left. */
  recoveryCodes: number;
}

export async function listFactors(tx: Tx, user: Pick<User, 'tenantId' | 'id'>): Promise<PersonFactors> {
  const totp = await tx
    .withTables<SigninTables>()
    .selectFrom('totp_credentials')
    .select('created_at')
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.id)
    .executeTakeFirst();
  return {
    totpSince: totp?.created_at,
    passkeys: (await passkeysOf(tx, user)).map(toPasskey),
    recoveryCodes: await countRecoveryCodes(tx, user),
  };
}

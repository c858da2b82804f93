import type { Selectable } from 'kysely';
import type { User } from '#directory';
import type { Tx } from '#store';
import type { PasskeysTable, SigninTables } from '../tables.ts';
import { authenticatorName } from './authenticator-names.ts';

/** Of one person; more help nobody, and each is offered to the browser at every sign-in. */
export const PASSKEYS_PER_USER_MAX = 20;

/** A passkey as its owner sees it. */
export interface Passkey {
  id: string;
  name: string;
  /** What made it, as far as it says so itself. */
  authenticator: string;
  /** Kept by a provider and found on several devices. */
  synced: boolean;
  createdAt: number;
  lastUsedAt: number | null;
}

export function toPasskey(row: Selectable<PasskeysTable>): Passkey {
  return {
    id: row.id,
    name: row.name,
    authenticator: authenticatorName(row.aaguid),
    synced: row.backed_up,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}

type PasskeyRow = Selectable<PasskeysTable>;

export async function passkeysOf(tx: Tx, { tenantId, id }: Pick<User, 'tenantId' | 'id'>): Promise<PasskeyRow[]> {
  return tx
    .withTables<SigninTables>()
    .selectFrom('passkeys')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', id)
    .orderBy('created_at')
    .orderBy('id')
    .limit(PASSKEYS_PER_USER_MAX)
    .execute();
}

export async function findPasskey(
  tx: Tx,
  { tenantId, credentialId }: { tenantId: string; credentialId: string },
): Promise<PasskeyRow | undefined> {
  return tx
    .withTables<SigninTables>()
    .selectFrom('passkeys')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('credential_id', '=', credentialId)
    .executeTakeFirst();
}

/** What the browser needs to find an authenticator that has one of them. */
export function describeCredentials(rows: readonly PasskeyRow[]) {
  return rows.map(({ credential_id: id, transports }) => ({ id, transports }));
}

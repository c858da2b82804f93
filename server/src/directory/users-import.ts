import { sql } from 'kysely';
import { type IdSource, newId, type Principal } from '#base';
import type { Tx } from '#store';
import { authorizeGrant } from './authorize-grant.ts';
import { holdRoles } from './hold-roles.ts';
import type { AdministrationDeps } from './power-over.ts';
import type { DirectoryTables, UserAttributes, UserStatus } from './tables.ts';
import { readAttributes } from './user-schema-kind.ts';
import { emailKey } from './users-email.ts';

export interface ImportedUser {
  email: string;
  emailVerified: boolean;
  name: string;
  status: UserStatus;
  roles: readonly string[];
  attributes: UserAttributes;
  createdAt?: number | undefined;
}

/** Attributes and roles as the tenant has them now. @throws `invalid_input`, `role_not_found`, `grant_beyond_own` */
export async function checkImportedUser(
  tx: Tx,
  deps: Pick<AdministrationDeps, 'roles'>,
  { tenantId, actor, user }: { tenantId: string; actor: Principal; user: ImportedUser },
): Promise<void> {
  if (user.roles.length > 0) {
    authorizeGrant(deps.roles, actor, { roles: user.roles });
    await holdRoles(tx, { tenantId, roles: user.roles });
  }
  if (Object.keys(user.attributes).length > 0) await readAttributes(tx, tenantId, user.attributes);
}

/** Which of these addresses have an account. */
export async function takenAddresses(
  tx: Tx,
  { tenantId, emails }: { tenantId: string; emails: readonly string[] },
): Promise<ReadonlySet<string>> {
  const keys = emails.map(emailKey);
  const rows = await tx
    .withTables<DirectoryTables>()
    .selectFrom('users')
    .select('email_key')
    .where('tenant_id', '=', tenantId)
    .where('email_key', '=', sql<string>`any(${keys}::text[])`)
    .execute();
  return new Set(rows.map(({ email_key }) => email_key));
}

/**
 * Adds many people with one statement. Whoever has an address that is taken is left out; the rest is added.
 * Writes no event and no notice of its own: the import that calls this says once what it did.
 * @returns the new ids by `emailKey`
 */
export async function insertImportedUsers(
  tx: Tx,
  deps: IdSource,
  { tenantId, users }: { tenantId: string; users: readonly ImportedUser[] },
): Promise<ReadonlyMap<string, string>> {
  if (users.length === 0) return new Map();
  const now = deps.clock.now();
  const rows = await tx
    .withTables<DirectoryTables>()
    .insertInto('users')
    .values(
      users.map((user) => ({
        tenant_id: tenantId,
        id: newId('user', deps),
        organization_id: null,
        email: user.email,
        email_key: emailKey(user.email),
        email_verified: user.emailVerified,
        name: user.name,
        attributes: sql<UserAttributes>`${JSON.stringify(user.attributes)}::jsonb`,
        roles: [...user.roles],
        status: user.status,
        sessions_not_before: 0,
        created_at: user.createdAt ?? now,
        updated_at: now,
        version: 1,
      })),
    )
    .onConflict((conflict) => conflict.columns(['tenant_id', 'email_key']).doNothing())
    .returning(['id', 'email_key'])
    .execute();
  return new Map(rows.map(({ id, email_key }) => [email_key, id]));
}

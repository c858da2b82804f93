import { sql } from 'kysely';
import { recordEvent } from '#audit';
import { type IdSource, newId, type Principal, parse } from '#base';
import { recordChange, type Tx } from '#store';
import type { DirectoryAuditEvent } from './audit-events.ts';
import { directoryErrors } from './errors.ts';
import { holdRoles } from './hold-roles.ts';
import { insertMembership } from './membership-record.ts';
import { holdOrganization } from './organizations.ts';
import type { DirectoryTables, UserAttributes } from './tables.ts';
import { readAttributes } from './user-schema-kind.ts';
import { emailKey } from './users-email.ts';
import { toUser, type User } from './users-record.ts';
import { newUserSchema } from './users-schema.ts';

export interface NewUser {
  email: string;
  /** Whether it is known that messages to the address reach the person. */
  emailVerified?: boolean;
  name: string;
  /** The language the person reads, as a tag (BCP 47). */
  locale?: string | undefined;
  attributes?: UserAttributes | undefined;
  /** Those of the tenant; in the organization, when one manages the account. */
  roles?: readonly string[];
  /** The organization that is to manage the account. */
  organizationId?: string;
}

/**
 * Adds a person. Without a password or another authenticator nobody can sign in as them yet.
 * @throws `invalid_input`, `role_not_found`, `organization_not_found`, `email_taken`
 */
export async function createUser(
  tx: Tx,
  deps: IdSource,
  { tenantId, actor, ...input }: NewUser & { tenantId: string; actor: Principal },
): Promise<User> {
  const {
    email,
    emailVerified,
    name,
    locale,
    roles,
    organizationId: organization,
    ...rest
  } = parse(newUserSchema, input);
  const organizationId = organization && (await holdOrganization(tx, { tenantId, organization })).id;
  await holdRoles(tx, { tenantId, roles });
  // Whoever registers can't know what the tenant asks for; administrators are asked at the next change.
  const attributes = rest.attributes === undefined ? {} : await readAttributes(tx, tenantId, rest.attributes);
  const now = deps.clock.now();
  const row = await tx
    .withTables<DirectoryTables>()
    .insertInto('users')
    .values({
      tenant_id: tenantId,
      id: newId('user', deps),
      organization_id: organizationId ?? null,
      email,
      email_key: emailKey(email),
      email_verified: emailVerified,
      name,
      locale: locale ?? null,
      attributes: sql`${JSON.stringify(attributes)}::jsonb`,
      // An account that an organization may change holds no roles of the tenant.
      roles: organizationId === undefined ? roles : [],
      status: 'active',
      sessions_not_before: 0,
      created_at: now,
      updated_at: now,
      version: 1,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'email_key']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw directoryErrors.email_taken();
  if (organizationId !== undefined)
    await insertMembership(tx, { tenantId, organizationId, userId: row.id, roles, now });
  await recordEvent(tx, deps, {
    tenantId,
    ...(organizationId === undefined ? {} : { organizationId }),
    type: 'user.created' satisfies DirectoryAuditEvent,
    actor,
    target: { type: 'user', id: row.id },
    detail: { roles },
  });
  await recordChange(tx, { tenantId, topic: 'user', id: row.id, operation: 'put' });
  const organizationIds = organizationId === undefined ? [] : [organizationId];
  return toUser({ ...row, organization_ids: organizationIds, roles_anywhere: roles });
}

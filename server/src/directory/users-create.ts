import { recordEvent } from '#audit';
import { type IdSource, newId, type Principal, parse } from '#base';
import { recordChange, type Tx } from '#store';
import type { DirectoryAuditEvent } from './audit-events.ts';
import { directoryErrors } from './errors.ts';
import { holdRoles } from './hold-roles.ts';
import type { DirectoryTables } from './tables.ts';
import { emailKey } from './users-email.ts';
import { toUser, type User } from './users-record.ts';
import { newUserSchema } from './users-schema.ts';

export interface NewUser {
  email: string;
  name: string;
  roles?: readonly string[];
  organizationId?: string;
}

/**
 * Adds a person. Without a password or another authenticator nobody can sign in as them yet.
 * @throws `invalid_input`, `role_not_found`, `email_taken`
 */
export async function createUser(
  tx: Tx,
  deps: IdSource,
  { tenantId, actor, ...input }: NewUser & { tenantId: string; actor: Principal },
): Promise<User> {
  const { email, name, roles, organizationId } = parse(newUserSchema, input);
  await holdRoles(tx, { tenantId, roles });
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
      name,
      roles,
      status: 'active',
      sessions_not_before: 0,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'email_key']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw directoryErrors.email_taken();
  await recordEvent(tx, deps, {
    tenantId,
    ...(organizationId === undefined ? {} : { organizationId }),
    type: 'user.created' satisfies DirectoryAuditEvent,
    actor,
    target: { type: 'user', id: row.id, name },
    detail: { roles },
  });
  await recordChange(tx, { tenantId, topic: 'user', id: row.id, operation: 'put' });
  return toUser(row);
}

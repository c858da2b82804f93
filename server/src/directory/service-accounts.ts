import { z } from 'zod';
import { recordEvent } from '#audit';
import { type IdSource, LIMITS, newId, type Principal, parse } from '#base';
import { recordChange, type Tx } from '#store';
import type { DirectoryAuditEvent } from './audit-events.ts';
import { directoryErrors } from './errors.ts';
import { holdRoles } from './hold-roles.ts';
import type { DirectoryTables } from './tables.ts';
import { nameSchema, rolesSchema } from './users-schema.ts';

/** A program with an account of its own. It can't sign in; it owns API keys. */
export interface ServiceAccount {
  id: string;
  tenantId: string;
  name: string;
  roles: readonly string[];
  createdAt: number;
}

const newServiceAccountSchema = z.strictObject({ name: nameSchema, roles: rolesSchema.default([]) });

/** @throws `invalid_input`, `role_not_found`, `service_account_name_taken` */
export async function createServiceAccount(
  tx: Tx,
  deps: IdSource,
  { tenantId, actor, ...input }: { tenantId: string; name: string; roles?: readonly string[]; actor: Principal },
): Promise<ServiceAccount> {
  const { name, roles } = parse(newServiceAccountSchema, input);
  await holdRoles(tx, { tenantId, roles });
  const row = await tx
    .withTables<DirectoryTables>()
    .insertInto('service_accounts')
    .values({ tenant_id: tenantId, id: newId('serviceAccount', deps), name, roles, created_at: deps.clock.now() })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw directoryErrors.service_account_name_taken();
  await recordEvent(tx, deps, {
    tenantId,
    type: 'service_account.created' satisfies DirectoryAuditEvent,
    actor,
    target: { type: 'service_account', id: row.id, name },
    detail: { roles },
  });
  await recordChange(tx, { tenantId, topic: 'service_account', id: row.id, operation: 'put' });
  return toServiceAccount(row);
}

export async function findServiceAccount(
  tx: Tx,
  { tenantId, name }: { tenantId: string; name: string },
): Promise<ServiceAccount | undefined> {
  const row = await tx
    .withTables<DirectoryTables>()
    .selectFrom('service_accounts')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row === undefined ? undefined : toServiceAccount(row);
}

export interface ServiceAccountPage {
  items: ServiceAccount[];
  next?: string;
}

export async function listServiceAccounts(
  tx: Tx,
  { tenantId, limit, after }: { tenantId: string; limit?: number; after?: string },
): Promise<ServiceAccountPage> {
  const size = Math.min(Math.max(limit ?? LIMITS.pageSizeDefault, 1), LIMITS.pageSizeMax);
  const rows = await tx
    .withTables<DirectoryTables>()
    .selectFrom('service_accounts')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '>', after ?? '')
    .orderBy('id')
    .limit(size + 1)
    .execute();
  const items = rows.slice(0, size).map(toServiceAccount);
  const last = items.at(-1);
  return rows.length > size && last !== undefined ? { items, next: last.id } : { items };
}

function toServiceAccount(row: {
  tenant_id: string;
  id: string;
  name: string;
  roles: string[];
  created_at: number;
}): ServiceAccount {
  return { id: row.id, tenantId: row.tenant_id, name: row.name, roles: row.roles, createdAt: row.created_at };
}

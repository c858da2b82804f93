import type { Selectable } from 'kysely';
import { z } from 'zod';
import { recordEvent } from '#audit';
import { type IdSource, LIMITS, newId, type Principal, parse } from '#base';
import { recordChange, type Tx } from '#store';
import type { DirectoryAuditEvent } from './audit-events.ts';
import { directoryErrors } from './errors.ts';
import { holdRoles } from './hold-roles.ts';
import { holdOrganization } from './organizations.ts';
import type { DirectoryTables, ServiceAccountsTable, UserStatus } from './tables.ts';
import { nameSchema, rolesSchema } from './users-schema.ts';

/** A program with an account of its own. It can't sign in; it owns API keys, which can do no more than the account. */
export interface ServiceAccount {
  id: string;
  tenantId: string;
  /** The organization it belongs to; absent for one of the tenant. */
  organizationId?: string;
  name: string;
  description: string;
  roles: readonly string[];
  status: UserStatus;
  createdAt: number;
  updatedAt: number;
  version: number;
}

const description = z.string().max(LIMITS.textLengthMax);

export const newServiceAccountSchema = z.strictObject({
  name: nameSchema,
  description: description.default(''),
  roles: rolesSchema.default([]),
});

export const serviceAccountUpdateSchema = z.strictObject({
  name: nameSchema.optional(),
  description: description.optional(),
  roles: rolesSchema.optional(),
});

export interface NewServiceAccount {
  name: string;
  description?: string;
  roles?: readonly string[];
  /** By name or id. */
  organization?: string | undefined;
}

/** @throws `invalid_input`, `role_not_found`, `organization_not_found`, `service_account_name_taken` */
export async function createServiceAccount(
  tx: Tx,
  deps: IdSource,
  { tenantId, actor, organization, ...input }: NewServiceAccount & { tenantId: string; actor: Principal },
): Promise<ServiceAccount> {
  const { name, description, roles } = parse(newServiceAccountSchema, input);
  await holdRoles(tx, { tenantId, roles });
  const organizationId =
    organization === undefined ? null : (await holdOrganization(tx, { tenantId, organization })).id;
  const now = deps.clock.now();
  const row = await tx
    .withTables<DirectoryTables>()
    .insertInto('service_accounts')
    .values({
      tenant_id: tenantId,
      id: newId('serviceAccount', deps),
      organization_id: organizationId,
      name,
      description,
      roles,
      status: 'active',
      version: 1,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw directoryErrors.service_account_name_taken();
  const account = toServiceAccount(row);
  await tellOfServiceAccount(tx, deps, account, { actor, type: 'service_account.created', detail: { roles } });
  return account;
}

/** Of the tenant itself, by name. */
export async function findServiceAccount(
  tx: Tx,
  { tenantId, name }: { tenantId: string; name: string },
): Promise<ServiceAccount | undefined> {
  const row = await serviceAccounts(tx, tenantId)
    .where('name', '=', name)
    .where('organization_id', 'is', null)
    .executeTakeFirst();
  return row === undefined ? undefined : toServiceAccount(row);
}

/** @throws `service_account_not_found` */
export async function getServiceAccount(
  tx: Tx,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<ServiceAccount> {
  const row = await serviceAccounts(tx, tenantId).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw directoryErrors.service_account_not_found();
  return toServiceAccount(row);
}

export interface ServiceAccountPage {
  items: ServiceAccount[];
  next?: string;
}

/** Oldest first; of one organization, when it is named. */
export async function listServiceAccounts(
  tx: Tx,
  input: { tenantId: string; organizationId?: string | undefined; limit?: number; after?: string | undefined },
): Promise<ServiceAccountPage> {
  const size = Math.min(Math.max(input.limit ?? LIMITS.pageSizeDefault, 1), LIMITS.pageSizeMax);
  let select = serviceAccounts(tx, input.tenantId).where('id', '>', input.after ?? '');
  if (input.organizationId !== undefined) select = select.where('organization_id', '=', input.organizationId);
  const rows = await select
    .orderBy('id')
    .limit(size + 1)
    .execute();
  const items = rows.slice(0, size).map(toServiceAccount);
  const last = items.at(-1);
  return rows.length > size && last !== undefined ? { items, next: last.id } : { items };
}

function serviceAccounts(tx: Tx, tenantId: string) {
  return tx.withTables<DirectoryTables>().selectFrom('service_accounts').selectAll().where('tenant_id', '=', tenantId);
}

export function toServiceAccount(row: Selectable<ServiceAccountsTable>): ServiceAccount {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    name: row.name,
    description: row.description,
    roles: row.roles,
    status: row.status,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}

/** To the audit log, and to whoever holds the account's keys in memory. */
export async function tellOfServiceAccount(
  tx: Tx,
  deps: IdSource,
  { tenantId, organizationId, id, name }: ServiceAccount,
  event: { actor: Principal; type: DirectoryAuditEvent; detail: Record<string, string[]> },
): Promise<void> {
  await recordEvent(tx, deps, {
    tenantId,
    ...(organizationId === undefined ? {} : { organizationId }),
    target: { type: 'service_account', id, name },
    ...event,
  });
  const operation = event.type === 'service_account.deleted' ? 'delete' : 'put';
  await recordChange(tx, { tenantId, topic: 'service_account', id, operation });
}

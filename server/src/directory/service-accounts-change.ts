import { isDeepStrictEqual } from 'node:util';
import { sql, type UpdateObject } from 'kysely';
import { type Principal, parse } from '#base';
import { type Expected, resourceTag } from '#resources';
import type { Tx } from '#store';
import type { DirectoryAuditEvent } from './audit-events.ts';
import { authorizeGrant } from './authorize-grant.ts';
import { demandCurrent, demandCurrentIfAsked } from './demand-current.ts';
import { directoryErrors } from './errors.ts';
import { leaveGroups } from './group-members.ts';
import { groupsOf } from './groups-find.ts';
import { holdRoles } from './hold-roles.ts';
import { type AdministrationDeps, demandHeld } from './power-over.ts';
import {
  createServiceAccount,
  getServiceAccount,
  type NewServiceAccount,
  type ServiceAccount,
  serviceAccountUpdateSchema,
  tellOfServiceAccount,
  toServiceAccount,
} from './service-accounts.ts';
import type { DirectoryTables, UserStatus } from './tables.ts';

interface Which {
  tenantId: string;
  id: string;
  actor: Principal;
}

/** On behalf of somebody: in his organization, when he acts inside one. @throws as `createServiceAccount`, `grant_beyond_own` */
export async function createServiceAccountFor(
  tx: Tx,
  deps: AdministrationDeps,
  { organization, ...input }: NewServiceAccount & { tenantId: string; actor: Principal },
): Promise<ServiceAccount> {
  const { actor, roles = [] } = input;
  authorizeGrant(deps.roles, actor, { roles });
  return createServiceAccount(tx, deps, { ...input, organization: organization ?? actor.organizationId });
}

export interface ServiceAccountUpdate {
  name?: string | undefined;
  description?: string | undefined;
  roles?: readonly string[] | undefined;
}

/**
 * Whoever changes an account changes what its keys may do, at once.
 * @throws `service_account_not_found`, `invalid_input`, `role_not_found`, `grant_beyond_own`, `roles_beyond_own`,
 *   `service_account_name_taken`, and those of `demandCurrent`.
 */
export async function updateServiceAccount(
  tx: Tx,
  deps: AdministrationDeps,
  { expected, update: input, ...which }: Which & { update: ServiceAccountUpdate; expected?: Expected | undefined },
): Promise<ServiceAccount> {
  const { tenantId, actor } = which;
  const update = parse(serviceAccountUpdateSchema, input);
  const before = await lockAccount(tx, which);
  const { name = before.name, description = before.description, roles = [...before.roles] } = update;
  const same = name === before.name && description === before.description && isDeepStrictEqual(roles, before.roles);
  if (same) return before;
  demandCurrent({ tag: resourceTag(before), version: before.version }, expected);
  authorizeGrant(deps.roles, actor, { roles: roles.filter((role) => !before.roles.includes(role)) });
  await demandPower(tx, deps, before, actor);
  await holdRoles(tx, { tenantId, roles });
  if (name !== before.name && (await isNameTaken(tx, before, name))) throw directoryErrors.service_account_name_taken();
  const set = { name, description, roles };
  return write(tx, deps, before, { actor, set, type: 'service_account.updated' });
}

/** @throws `service_account_not_found`, `roles_beyond_own` */
export async function setServiceAccountStatus(
  tx: Tx,
  deps: AdministrationDeps,
  { status, ...which }: Which & { status: UserStatus },
): Promise<ServiceAccount> {
  const before = await lockAccount(tx, which);
  if (before.status === status) return before;
  await demandPower(tx, deps, before, which.actor);
  const type = status === 'disabled' ? 'service_account.disabled' : 'service_account.enabled';
  return write(tx, deps, before, { actor: which.actor, set: { status }, type });
}

export interface DeleteServiceAccountDeps extends AdministrationDeps {
  /** Ends the keys of the account, in the same transaction. */
  endKeysOf(tx: Tx, owner: { tenantId: string; ownerId: string; actor: Principal }): Promise<void>;
}

/** Ends the account, and its keys with it. @throws `service_account_not_found`, `roles_beyond_own`, `resource_changed` */
export async function deleteServiceAccount(
  tx: Tx,
  deps: DeleteServiceAccountDeps,
  { expected, ...which }: Which & { expected?: Expected | undefined },
): Promise<void> {
  const { tenantId, id, actor } = which;
  const before = await lockAccount(tx, which);
  demandCurrentIfAsked({ tag: resourceTag(before), version: before.version }, expected);
  await demandPower(tx, deps, before, actor);
  await leaveGroups(tx, { tenantId, memberId: id });
  await accounts(tx).deleteFrom('service_accounts').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
  await deps.endKeysOf(tx, { tenantId, ownerId: id, actor });
  const detail = { roles: [...before.roles] };
  await tellOfServiceAccount(tx, deps, before, { actor, type: 'service_account.deleted', detail });
}

/** Nobody touches an account that may do more than he: its keys are as good as its roles. */
async function demandPower(tx: Tx, deps: AdministrationDeps, account: ServiceAccount, actor: Principal): Promise<void> {
  if (account.id === actor.id) return;
  const groups = await groupsOf(tx, { tenantId: account.tenantId, memberIds: [account.id] });
  demandHeld(deps, actor, [...account.roles, ...groups.flatMap(({ roles }) => roles)]);
}

async function lockAccount(tx: Tx, { tenantId, id }: Which): Promise<ServiceAccount> {
  const lock = accounts(tx).selectFrom('service_accounts').select('id');
  await lock.where('tenant_id', '=', tenantId).where('id', '=', id).forUpdate().execute();
  return getServiceAccount(tx, { tenantId, id });
}

async function isNameTaken(tx: Tx, { tenantId, organizationId, id }: ServiceAccount, name: string): Promise<boolean> {
  const { rows } =
    await sql`select from service_accounts where tenant_id = ${tenantId} and name = ${name} and id <> ${id}
    and organization_id is not distinct from ${organizationId ?? null}`.execute(tx);
  return rows.length > 0;
}

async function write(
  tx: Tx,
  deps: AdministrationDeps,
  before: ServiceAccount,
  change: { actor: Principal; set: UpdateObject<DirectoryTables, 'service_accounts'>; type: DirectoryAuditEvent },
): Promise<ServiceAccount> {
  const row = await accounts(tx)
    .updateTable('service_accounts')
    .set({ ...change.set, updated_at: deps.clock.now(), version: sql<number>`version + 1` })
    .where('tenant_id', '=', before.tenantId)
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const after = toServiceAccount(row);
  const { actor, type } = change;
  const detail = type === 'service_account.updated' ? { before: [...before.roles], after: [...after.roles] } : {};
  await tellOfServiceAccount(tx, deps, before, { actor, type, detail });
  return after;
}

const accounts = (tx: Tx) => tx.withTables<DirectoryTables>();

import { sql, type UpdateObject } from 'kysely';
import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import { recordChange, type Tx } from '#store';
import type { DirectoryAuditEvent } from './audit-events.ts';
import { directoryErrors } from './errors.ts';
import type { DirectoryTables } from './tables.ts';
import { administratorIds, getUser } from './users-find.ts';
import type { User } from './users-record.ts';

export interface WhichUser {
  tenantId: string;
  id: string;
  actor: Principal;
}

/**
 * Locks every administrator's row, in one order, before looking: two administrators who remove each other at once would
 * otherwise both see the other still there.
 * @throws `user_not_found`
 */
export async function getLockedUser(tx: Tx, { tenantId, id }: Pick<WhichUser, 'tenantId' | 'id'>): Promise<User> {
  await tx
    .withTables<DirectoryTables>()
    .selectFrom('users')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', sql<string>`any(array(${administratorIds(tenantId)} union all select ${id}))`)
    .orderBy('id')
    .forUpdate()
    .execute();
  return getUser(tx, { tenantId, id });
}

/**
 * Changes a person's row, and tells the audit log and the change feed.
 * @throws `person_not_managed` where the database shows the person but does not let this organization change them.
 */
export async function writeUser(
  tx: Tx,
  deps: IdSource,
  { tenantId, id, actor }: WhichUser,
  update: {
    set: UpdateObject<DirectoryTables, 'users'>;
    event: DirectoryAuditEvent;
    detail: { before?: string[]; after?: string[]; fields?: string[] };
  },
): Promise<User> {
  const row = await tx
    .withTables<DirectoryTables>()
    .updateTable('users')
    .set({ ...update.set, updated_at: deps.clock.now(), version: sql<number>`version + 1` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returning('organization_id')
    .executeTakeFirst();
  if (row === undefined) throw directoryErrors.person_not_managed();
  await recordEvent(tx, deps, {
    tenantId,
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    type: update.event,
    actor,
    target: { type: 'user', id },
    detail: update.detail,
  });
  await recordChange(tx, { tenantId, topic: 'user', id, operation: 'put' });
  return getUser(tx, { tenantId, id });
}

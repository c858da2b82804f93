import { recordEvent } from '#audit';
import { type Expected, resourceTag } from '#resources';
import { recordChange, type Tx } from '#store';
import type { DirectoryAuditEvent } from './audit-events.ts';
import { demandCurrentIfAsked } from './demand-current.ts';
import { directoryErrors } from './errors.ts';
import { leaveGroups } from './group-members.ts';
import { type AdministrationDeps, demandPowerOver } from './power-over.ts';
import type { DirectoryTables } from './tables.ts';
import { refuseLastAdministrator } from './users-change.ts';
import { emailKey } from './users-email.ts';
import { getLockedUser, type WhichUser } from './users-write.ts';

export interface DeleteUserDeps extends AdministrationDeps {
  /** Other rooms' rows about the person: authenticators, sessions, keys. In the same transaction. */
  erasePerson(tx: Tx, person: WhichUser & { userId: string }): Promise<void>;
}

/**
 * Erases a person: the account and all that hangs on it. The audit log keeps what was done, under an id that by then
 * leads to nobody.
 * @throws `user_not_found`, `last_administrator`, `person_beyond_own`, `person_not_managed`, `resource_changed`
 */
export async function deleteUser(
  tx: Tx,
  deps: DeleteUserDeps,
  { expected, ...which }: WhichUser & { expected?: Expected | undefined },
): Promise<void> {
  const { tenantId, id, actor } = which;
  const before = await getLockedUser(tx, which);
  demandCurrentIfAsked({ tag: resourceTag(before), version: before.version }, expected);
  await demandPowerOver(tx, deps, { tenantId, userId: id, actor });
  await refuseLastAdministrator(tx, before);
  const gone = await tx
    .withTables<DirectoryTables>()
    .deleteFrom('users')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  if (gone === undefined) throw directoryErrors.person_not_managed();
  await leaveGroups(tx, { tenantId, memberId: id });
  const invited = tx.withTables<DirectoryTables>().deleteFrom('invitations').where('tenant_id', '=', tenantId);
  await invited.where('email_key', '=', emailKey(before.email)).execute();
  await deps.erasePerson(tx, { ...which, userId: id });
  const { organizationId } = before;
  await recordEvent(tx, deps, {
    tenantId,
    ...(organizationId === undefined ? {} : { organizationId }),
    type: 'user.deleted' satisfies DirectoryAuditEvent,
    actor,
    target: { type: 'user', id },
  });
  await recordChange(tx, { tenantId, topic: 'user', id, operation: 'delete' });
}

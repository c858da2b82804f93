import { sql } from 'kysely';
import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import { membershipsOf } from '#directory';
import { recordChange, type Tx } from '#store';
import type { SigninAuditEvent } from './audit-events.ts';
import { signinErrors } from './errors.ts';

type ActiveOrganizationTables = {
  active_organizations: { tenant_id: string; session_id: string; organization_id: string; chosen_at: number };
};

/** The organization chosen for a session, by the session's origin. Whether the person still belongs to it is another question. */
export async function activeOrganizationOf(
  tx: Tx,
  { tenantId, sessionId }: { tenantId: string; sessionId: string },
): Promise<string | undefined> {
  const row = await tx
    .withTables<ActiveOrganizationTables>()
    .selectFrom('active_organizations')
    .select('organization_id')
    .where('tenant_id', '=', tenantId)
    .where('session_id', '=', sessionId)
    .executeTakeFirst();
  return row?.organization_id;
}

/** The same of several sessions, by their origins. */
export async function activeOrganizationsOf(
  tx: Tx,
  { tenantId, sessionIds }: { tenantId: string; sessionIds: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  if (sessionIds.length === 0) return new Map();
  const rows = await tx
    .withTables<ActiveOrganizationTables>()
    .selectFrom('active_organizations')
    .select(['session_id', 'organization_id'])
    .where('tenant_id', '=', tenantId)
    .where('session_id', '=', sql<string>`any(${sessionIds}::text[])`)
    .execute();
  return new Map(rows.map(({ session_id, organization_id }) => [session_id, organization_id]));
}

/**
 * Chooses in which of their organizations a person acts for the rest of the session, and in tokens given from now on.
 * Without an organization the choice is taken back.
 * @throws `organization_not_yours`
 */
export async function setActiveOrganization(
  tx: Tx,
  deps: IdSource,
  input: { tenantId: string; sessionId: string; actor: Principal; organizationId?: string | undefined },
): Promise<void> {
  const { tenantId, sessionId, actor, organizationId } = input;
  const db = tx.withTables<ActiveOrganizationTables>();
  if (organizationId === undefined) {
    await db
      .deleteFrom('active_organizations')
      .where('tenant_id', '=', tenantId)
      .where('session_id', '=', sessionId)
      .execute();
  } else {
    const memberships = await membershipsOf(tx, { tenantId, userId: actor.id });
    if (!memberships.some((membership) => membership.organizationId === organizationId)) {
      throw signinErrors.organization_not_yours();
    }
    const chosen = { organization_id: organizationId, chosen_at: deps.clock.now() };
    await db
      .insertInto('active_organizations')
      .values({ tenant_id: tenantId, session_id: sessionId, ...chosen })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'session_id']).doUpdateSet(chosen))
      .execute();
  }
  await recordEvent(tx, deps, {
    tenantId,
    ...(organizationId === undefined ? {} : { organizationId }),
    type: 'session.organization_chosen' satisfies SigninAuditEvent,
    actor,
    target: { type: 'session', id: sessionId },
  });
  await recordChange(tx, { tenantId, topic: 'session', id: sessionId, operation: 'put' });
}

/** Of sessions that are gone. For housekeeping, in every tenant. */
export async function removeOldChoices(tx: Tx): Promise<void> {
  await sql`delete from active_organizations a where not exists (
    select from sessions s where s.tenant_id = a.tenant_id and s.origin_id = a.session_id)`.execute(tx);
}

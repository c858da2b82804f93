import type { Clock } from '#base';
import type { Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { isLasting, RememberedDetails } from '../clients/remembered-details.ts';
import { readScope } from '../clients/scope.ts';
import type { OAuthTables } from '../tables.ts';
import type { Wanted } from './asked-items.ts';

export interface ConsentToRemember {
  userId: string;
  client: Pick<Client, 'tenantId' | 'resourceId'>;
  wanted: Wanted;
  given: Wanted;
}

/**
 * Adds what was given to what was agreed before at the same APIs, and takes away what the person has just unticked: whoever
 * says no today is not taken at last year's word.
 */
export async function rememberConsent(
  tx: Tx,
  { clock }: { clock: Clock },
  { userId, client, wanted, given }: ConsentToRemember,
): Promise<void> {
  const db = tx.withTables<OAuthTables>();
  const { tenantId, resourceId } = client;
  const key = { tenant_id: tenantId, user_id: userId, client_resource_id: resourceId, api: namesOf(wanted.apis) };
  const before = await db
    .selectFrom('consents')
    .select(['scope', 'details'])
    .where((where) => where.and(key))
    .forUpdate()
    .executeTakeFirst();
  const unticked = new Set(wanted.scopes.filter((scope) => !given.scopes.includes(scope)));
  const kept = readScope(before?.scope).filter((each) => !unticked.has(each));
  const scope = [...new Set([...kept, ...given.scopes])].join(' ');
  const details = new RememberedDetails(before?.details)
    .without(wanted.details.filter((detail) => !given.details.includes(detail)))
    .with(given.details.filter((detail) => isLasting(wanted.apis, detail)));
  const granted_at = clock.now();
  await db
    .insertInto('consents')
    .values({ ...key, scope, details, granted_at })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'user_id', 'client_resource_id', 'api'])
        .doUpdateSet({ scope, details, granted_at }),
    )
    .execute();
}

/** As grants and consents name several. */
export const namesOf = (apis: readonly { name: string }[]): string => apis.map(({ name }) => name).join(' ');

import { sql } from 'kysely';
import { recordEvent } from '#audit';
import { type IdSource, newId, systemPrincipal } from '#base';
import { hasActiveAdministrator } from '#directory';
import { credentialHash, type Keyring, mintCredential } from '#keyring';
import type { Store } from '#store';
import type { SigninAuditEvent } from './audit-events.ts';
import type { SigninTables } from './tables.ts';

/** Long enough to install in the evening and finish in the morning. */
export const FIRST_ADMINISTRATOR_LINK_LIFETIME_MS = 24 * 60 * 60_000;

export interface LinkDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
}

export interface FirstAdministratorLink {
  /** For the person at the terminal only: who opens it first owns the installation. */
  url: string;
  expiresAt: number;
}

/**
 * A link that makes whoever opens it the first administrator, or `undefined` when there is one. There is at most one open
 * link: a new one takes the old one's place, in one statement, so that two processes starting at once don't leave two.
 */
export async function createFirstAdministratorLink(
  deps: LinkDeps,
  { tenantId, issuer }: { tenantId: string; issuer: string },
): Promise<FirstAdministratorLink | undefined> {
  const token = mintCredential('one_time_link', deps.random);
  const now = deps.clock.now();
  const link = {
    id: newId('link', deps),
    token_hash: credentialHash(deps.keyring, token),
    created_at: now,
    expires_at: now + FIRST_ADMINISTRATOR_LINK_LIFETIME_MS,
  };
  const created = await deps.store.transaction({ tenantId }, async (tx) => {
    if (await hasActiveAdministrator(tx, { tenantId })) return false;
    await tx
      .withTables<SigninTables>()
      .insertInto('one_time_links')
      .values({ tenant_id: tenantId, kind: 'first_administrator', consumed_at: null, ...link })
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id'])
          // Literally: a plan that is kept for any value could not tell that the partial index covers this one.
          .where('kind', '=', sql.lit('first_administrator'))
          .where('consumed_at', 'is', null)
          .doUpdateSet(link),
      )
      .execute();
    await recordEvent(tx, deps, {
      tenantId,
      type: 'first_administrator_link.created' satisfies SigninAuditEvent,
      actor: systemPrincipal(tenantId, 'first_start'),
      target: { type: 'link', id: link.id },
    });
    return true;
  });
  if (!created) return undefined;
  const url = new URL('/setup', issuer);
  url.searchParams.set('link', token);
  return { url: url.href, expiresAt: link.expires_at };
}

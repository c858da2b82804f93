import { recordEvent } from '#audit';
import { type IdSource, newId } from '#base';
import type { Tx } from '#store';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { sessionPrincipal } from '../grants/acting-principal.ts';
import type { BrowserSession } from '../ports.ts';
import type { OAuthTables } from '../tables.ts';
import type { DecoupledTables } from './tables.ts';

/** Its process tells the client at once; should it die before it could, another one does so a little later. */
export const PING_AGAIN_MILLISECONDS = 5_000;

export interface DecideDeps extends IdSource {
  clients: ClientDirectory;
}

export interface Decided {
  clientId: string;
  clientResourceId: string;
  hash: string;
}

/**
 * The person's answer, once. With `allow` the grant is made here, under the person's own proof of who they are; its
 * tokens are made when the client comes for them. @returns undefined when there is nothing left to answer.
 */
export async function decideRequest(
  tx: Tx,
  deps: DecideDeps,
  input: { tenantId: string; hash: string; session: BrowserSession; decision: 'allow' | 'deny' },
): Promise<Decided | undefined> {
  const { tenantId, hash, session, decision } = input;
  const now = deps.clock.now();
  const grantId = decision === 'allow' ? newId('grant', deps) : null;
  const request = await tx
    .withTables<DecoupledTables>()
    .updateTable('decoupled_requests')
    .set({ decided_at: now, decision, grant_id: grantId, user_id: session.userId })
    .where('tenant_id', '=', tenantId)
    .where('hash', '=', hash)
    .where((where) => where.or([where('user_id', 'is', null), where('user_id', '=', session.userId)]))
    .where('decided_at', 'is', null)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();
  if (request === undefined) return undefined;
  const { client_id: clientId, client_resource_id: clientResourceId, scope } = request;
  if (grantId !== null) {
    await tx
      .withTables<OAuthTables>()
      .insertInto('oauth_grants')
      .values({
        tenant_id: tenantId,
        id: grantId,
        user_id: session.userId,
        client_id: clientId,
        client_resource_id: clientResourceId,
        // The browser that answered is not the device that will use the tokens: they don't end with its session.
        session_id: null,
        scope,
        api: request.api,
        nonce: null,
        auth_time: session.authTime,
        acr: session.acr ?? null,
        amr: session.amr.join(' '),
        created_at: now,
        // As long as the request, until the client has come for its tokens.
        expires_at: request.expires_at,
      })
      .execute();
  }
  if (request.notify_sealed !== null) {
    await tx
      .withTables<DecoupledTables>()
      .updateTable('decoupled_requests')
      .set({ notify_at: now + PING_AGAIN_MILLISECONDS })
      .where('tenant_id', '=', tenantId)
      .where('hash', '=', hash)
      .execute();
  }
  await recordEvent(tx, deps, {
    tenantId,
    type: decision === 'allow' ? 'consent.granted' : 'consent.denied',
    actor: sessionPrincipal(tenantId, session),
    target: { type: 'client', id: clientResourceId, name: clientId },
    detail: { scope, flow: request.kind },
  });
  return { clientId, clientResourceId, hash };
}

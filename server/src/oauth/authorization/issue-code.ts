import { recordEvent } from '#audit';
import { newId } from '#base';
import { credentialHash, mintCredential } from '#keyring';
import type { Tx } from '#store';
import { sessionPrincipal } from '../grants/acting-principal.ts';
import { CODE_LIFETIME_MILLISECONDS } from '../grants/refresh-lifetimes.ts';
import type { BrowserSession } from '../ports.ts';
import type { OAuthTables } from '../tables.ts';
import type { AcceptedRequest } from './context.ts';
import type { AuthorizeDeps } from './deps.ts';
import { finishPushedRequest } from './pushed-requests.ts';

/** A code and its grant (RFC 6749 §4.1.2). The grant lives as long as the code until the code is redeemed. */
export async function issueCode(
  tx: Tx,
  deps: Pick<AuthorizeDeps, 'keyring' | 'clock' | 'random'>,
  { tenantId, session, accepted }: { tenantId: string; session: BrowserSession; accepted: AcceptedRequest },
): Promise<string> {
  if (accepted.pushed !== undefined) await finishPushedRequest(tx, deps, tenantId, accepted.pushed);
  const db = tx.withTables<OAuthTables>();
  const code = mintCredential('authorization_code', deps.random);
  const grantId = newId('grant', deps);
  const now = deps.clock.now();
  const expiresAt = now + CODE_LIFETIME_MILLISECONDS;
  const scope = accepted.scopes.join(' ');
  const isOffline = accepted.scopes.includes('offline_access') && session.actor === undefined;
  await db
    .insertInto('oauth_grants')
    .values({
      tenant_id: tenantId,
      id: grantId,
      user_id: session.userId,
      client_id: accepted.clientId,
      client_resource_id: accepted.clientResourceId,
      // OpenID Connect Core §11: offline access outlives the session; everything else ends with it.
      session_id: isOffline ? null : session.sessionId,
      offline_session_id: isOffline ? session.sessionId : null,
      scope,
      api: accepted.api ?? null,
      nonce: accepted.nonce ?? null,
      auth_time: session.authTime,
      acr: session.acr ?? null,
      amr: session.amr.join(' '),
      actor_id: session.actor ?? null,
      authorization_details: accepted.details === undefined ? null : JSON.stringify(accepted.details),
      claims: accepted.claims === undefined ? null : JSON.stringify(accepted.claims),
      created_at: now,
      expires_at: expiresAt,
    })
    .execute();
  await db
    .insertInto('authorization_codes')
    .values({
      tenant_id: tenantId,
      hash: credentialHash(deps.keyring, code),
      grant_id: grantId,
      client_id: accepted.clientId,
      redirect_uri: accepted.redirectUri,
      code_challenge: accepted.codeChallenge,
      dpop_jkt: accepted.dpopJkt ?? null,
      expires_at: expiresAt,
    })
    .execute();
  await recordEvent(tx, deps, {
    tenantId,
    type: 'authorization_code.issued',
    actor: sessionPrincipal(tenantId, session),
    target: { type: 'grant', id: grantId },
    detail: { client_id: accepted.clientId, scope, ...(accepted.api === undefined ? {} : { api: accepted.api }) },
  });
  return code;
}

import { credentialHash, mintCredential } from '#keyring';
import type { Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { IDENTITY_SCOPES, readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import type { ConsentPrompt } from '../ports.ts';
import { established } from '../protocol/endpoint.ts';
import type { OAuthTables } from '../tables.ts';
import { acceptedRequest } from './accepted-request.ts';
import type { AuthorizationContext } from './context.ts';

/** Time to read and decide. */
const INTERACTION_LIFETIME_MILLISECONDS = 10 * 60_000;
/** Questions that one session may leave open; the oldest is forgotten. */
const INTERACTIONS_PER_SESSION_MAX = 20;

/** OpenID Connect Core §3.1.2.4: the person has agreed, now or before, or the client is ours. */
export async function requireConsent(context: AuthorizationContext): Promise<undefined> {
  const prompt = established(context, 'prompt');
  if (!prompt.has('consent') && (established(context, 'client').firstParty || (await isRemembered(context)))) return;
  if (prompt.has('none')) throw oauthErrors.consent_required();
  context.outcome = { kind: 'consent', prompt: await ask(context) };
}

async function isRemembered(context: AuthorizationContext): Promise<boolean> {
  const { deps, request } = context;
  const client = established(context, 'client');
  if (isImpersonable(client, established(context, 'redirectUri'))) return false;
  const { api, scopes } = established(context, 'target');
  const consent = await deps.store.transaction(
    { tenantId: request.tenantId },
    (tx) =>
      tx
        .withTables<OAuthTables>()
        .selectFrom('consents')
        .select(['scope', 'granted_at'])
        .where('tenant_id', '=', request.tenantId)
        .where('user_id', '=', established(context, 'session').userId)
        .where('client_resource_id', '=', client.resourceId)
        .where('api', '=', api?.name ?? '')
        .executeTakeFirst(),
    { readOnly: true },
  );
  // Agreed to before the API was made: that was for another one of the same name.
  if (consent === undefined || consent.granted_at < (api?.createdAt ?? 0)) return false;
  const agreed = new Set(readScope(consent.scope));
  return scopes.every((scope) => agreed.has(scope));
}

/**
 * RFC 8252 §8.6: any program on the device can claim a private scheme or a loopback address, so a public client that
 * answers there is asked about each time. `localhost` is what web developers use, and is left out for their sake.
 */
function isImpersonable(client: Client, redirectUri: string): boolean {
  return client.type === 'public' && !/^(https:\/\/|http:\/\/localhost[:/?]|http:\/\/localhost$)/.test(redirectUri);
}

async function ask(context: AuthorizationContext): Promise<ConsentPrompt> {
  const { deps, request } = context;
  const client = established(context, 'client');
  const { api, scopes } = established(context, 'target');
  const { sessionId, userId } = established(context, 'session');
  const person = await deps.users.userClaims(request.tenantId, userId);
  if (person === undefined) throw oauthErrors.login_required();
  // Unguessable and bound to the session below: it names the question and is its own proof against forged answers.
  const interaction = mintCredential('csrf', deps.random);
  const hash = credentialHash(deps.keyring, interaction);
  const { tenantId } = request;
  await deps.store.transaction({ tenantId }, async (tx) => {
    const db = tx.withTables<OAuthTables>();
    await db
      .insertInto('authorization_requests')
      .values({
        tenant_id: tenantId,
        hash,
        session_id: sessionId,
        request: deps.keyring.seal(JSON.stringify(acceptedRequest(context)), placeOfRequest(hash)),
        expires_at: deps.clock.now() + INTERACTION_LIFETIME_MILLISECONDS,
      })
      .execute();
    await forgetOldest(tx, tenantId, sessionId);
  });
  return {
    interaction,
    client: { id: client.id, displayName: client.displayName },
    person: { name: person.name, email: person.email },
    scopes: scopes.map((scope) => ({
      scope,
      description: IDENTITY_SCOPES.get(scope) ?? api?.scopes.get(scope) ?? scope,
    })),
    api: api === undefined ? undefined : { name: api.name, audience: api.audience },
    redirectUri: established(context, 'redirectUri'),
  };
}

/** A page left open in some tabs is answered; one that a script asks for again and again does not fill the database. */
async function forgetOldest(tx: Tx, tenantId: string, sessionId: string): Promise<void> {
  const db = tx.withTables<OAuthTables>();
  const surplus = db
    .selectFrom('authorization_requests')
    .select('hash')
    .where('tenant_id', '=', tenantId)
    .where('session_id', '=', sessionId)
    .orderBy('expires_at', 'desc')
    .orderBy('hash')
    .offset(INTERACTIONS_PER_SESSION_MAX);
  await db
    .deleteFrom('authorization_requests')
    .where('tenant_id', '=', tenantId)
    .where('hash', 'in', surplus)
    .execute();
}

export const placeOfRequest = (hash: string) => ({ table: 'authorization_requests', column: 'request', row: hash });

import { credentialHash, mintCredential } from '#keyring';
import type { Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { isOwnApplication } from '../clients/own-applications.ts';
import { isLasting, RememberedDetails } from '../clients/remembered-details.ts';
import { readScope } from '../clients/scope.ts';
import { askingClient } from '../clients/self-registered.ts';
import { describeWanted } from '../consent/asked-items.ts';
import { namesOf } from '../consent/remember-consent.ts';
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
  const client = established(context, 'client');
  // Ours by name: but where any program on the device can answer, who it is can't be assured (RFC 8252 §8.6).
  const isOurs = client.firstParty && !isImpersonable(client, established(context, 'redirectUri'));
  if (!prompt.has('consent') && (isOurs || (await isRemembered(context)))) return;
  // What a person agrees to, nobody agrees to in their place.
  if (prompt.has('none') || established(context, 'session').actor !== undefined) throw oauthErrors.consent_required();
  context.outcome = { kind: 'consent', prompt: await ask(context) };
}

async function isRemembered(context: AuthorizationContext): Promise<boolean> {
  const { deps, request } = context;
  const client = established(context, 'client');
  if (isImpersonable(client, established(context, 'redirectUri'))) return false;
  const { apis, scopes } = established(context, 'targets');
  const consent = await deps.store.transaction(
    { tenantId: request.tenantId },
    (tx) =>
      tx
        .withTables<OAuthTables>()
        .selectFrom('consents')
        .select(['scope', 'details', 'granted_at'])
        .where('tenant_id', '=', request.tenantId)
        .where('user_id', '=', established(context, 'session').userId)
        .where('client_resource_id', '=', client.resourceId)
        .where('api', '=', namesOf(apis))
        .executeTakeFirst(),
    { readOnly: true },
  );
  // Agreed to before the API was made: that was for another one of the same name.
  if (consent === undefined || apis.some(({ createdAt }) => consent.granted_at < createdAt)) return false;
  const agreed = new Set(readScope(consent.scope));
  const details = new RememberedDetails(consent.details);
  return (
    scopes.every((scope) => agreed.has(scope)) &&
    established(context, 'details').every((detail) => isLasting(apis, detail) && details.has(detail))
  );
}

/**
 * RFC 8252 §8.6: any program on the device can claim a private scheme or a loopback address, so a public client that
 * answers there is asked about each time. `localhost` with the very port that is registered is where web developers run
 * what will be on https, and is left out for their sake; on any other port anybody could be listening.
 */
function isImpersonable(client: Client, redirectUri: string): boolean {
  const { type, redirectUris } = client;
  // The console's address is the issuer's own: whoever answers there issues the tokens as well.
  if (type !== 'public' || redirectUri.startsWith('https://') || isOwnApplication(client)) return false;
  return !(/^http:\/\/localhost:[0-9]/.test(redirectUri) && redirectUris.includes(redirectUri));
}

async function ask(context: AuthorizationContext): Promise<ConsentPrompt> {
  const { deps, request } = context;
  const client = established(context, 'client');
  const { apis, scopes } = established(context, 'targets');
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
    client: askingClient(client),
    person: { name: person.name, email: person.email },
    ...describeWanted(client, { scopes, apis, details: established(context, 'details') }),
    api:
      apis.length === 0
        ? undefined
        : { name: apis.map(({ name }) => name).join(', '), audience: apis[0]?.audience ?? '' },
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

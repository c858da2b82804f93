import { recordEvent } from '#audit';
import { credentialHash, recogniseCredential } from '#keyring';
import type { Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { isRegisteredRedirectUri } from '../clients/redirect-uri.ts';
import { consentDetail, givenOf, type Wanted } from '../consent/asked-items.ts';
import { rememberConsent } from '../consent/remember-consent.ts';
import { oauthErrors } from '../errors.ts';
import { sessionPrincipal } from '../grants/acting-principal.ts';
import type { BrowserRequest, BrowserSession } from '../ports.ts';
import { fromBrowser, toProblem } from '../protocol/error-response.ts';
import { refuseRepeatedParams, requiredParam } from '../protocol/read-params.ts';
import type { OAuthTables } from '../tables.ts';
import { answerClient } from './answer-client.ts';
import type { AcceptedRequest, AuthorizationOutcome } from './context.ts';
import type { AuthorizeDeps } from './deps.ts';
import { issueCode } from './issue-code.ts';
import { placeOfRequest } from './require-consent.ts';

type Decision = 'allow' | 'deny';

/** POST /oauth/consent: the person's answer, once, from the session that was asked. Never throws. */
export async function decideConsent(deps: AuthorizeDeps, request: BrowserRequest): Promise<AuthorizationOutcome> {
  try {
    return await decide(deps, request);
  } catch (thrown) {
    // Nobody is redirected: without the stored request there is no redirect URI that was checked.
    return { kind: 'problem', problem: toProblem(deps, thrown, fromBrowser('consent', request)) };
  }
}

async function decide(deps: AuthorizeDeps, request: BrowserRequest): Promise<AuthorizationOutcome> {
  const { tenantId, params } = request;
  refuseRepeatedParams(params);
  const interaction = requiredParam(params, 'interaction');
  const decision = readDecision(requiredParam(params, 'decision'));
  const session = await deps.signin.currentSession(request);
  if (session === undefined || recogniseCredential(interaction)?.kind !== 'csrf') {
    throw oauthErrors.interaction_invalid();
  }
  const hash = credentialHash(deps.keyring, interaction);
  return deps.store.transaction({ tenantId }, async (tx) => {
    const accepted = await take(tx, deps, tenantId, session, hash);
    const client = currentClient(deps, tenantId, accepted);
    const { redirectUri, responseMode, state, clientId } = accepted;
    const answer = (fields: Record<string, string>) =>
      answerClient(deps, { tenantId, clientId, redirectUri, responseMode, state }, fields);
    const wanted = wantedOf(deps, tenantId, accepted);
    // Who unticks everything has not allowed anything.
    const given = decision === 'allow' ? givenOf(client, wanted, params) : undefined;
    await recordEvent(tx, deps, {
      tenantId,
      type: given === undefined ? 'consent.denied' : 'consent.granted',
      actor: sessionPrincipal(tenantId, session),
      target: { type: 'client', id: client.resourceId, name: client.id },
      detail: consentDetail(wanted, given),
    });
    if (given === undefined) {
      const told = fromBrowser('consent', request, client.id);
      const { error, error_description, error_id } = toProblem(deps, oauthErrors.consent_denied(), told);
      return answer({ error, error_description, error_id });
    }
    await rememberConsent(tx, deps, { userId: session.userId, client, wanted, given });
    return answer({
      code: await issueCode(tx, deps, { tenantId, session, accepted: narrowed(accepted, wanted, given) }),
    });
  });
}

function wantedOf({ clients }: AuthorizeDeps, tenantId: string, { scopes, api = '', details = [] }: AcceptedRequest) {
  return { scopes, details, apis: api.split(' ').flatMap((name) => clients.api(tenantId, name) ?? []) };
}

/** The request as if it had been for no more than what was given. */
function narrowed({ api, details: _, ...accepted }: AcceptedRequest, wanted: Wanted, given: Wanted): AcceptedRequest {
  const dropped = wanted.apis.filter((each) => !given.apis.includes(each)).map(({ name }) => name);
  const apis = (api ?? '').split(' ').filter((name) => name !== '' && !dropped.includes(name));
  return {
    ...accepted,
    scopes: given.scopes,
    ...(apis.length === 0 ? {} : { api: apis.join(' ') }),
    ...(given.details.length === 0 ? {} : { details: given.details }),
  };
}

function readDecision(text: string): Decision {
  if (text === 'allow' || text === 'deny') return text;
  throw oauthErrors.parameter_malformed({ message: 'decision must be allow or deny.' });
}

/** One statement: of two answers to one question, one counts. */
async function take(
  tx: Tx,
  deps: AuthorizeDeps,
  tenantId: string,
  session: BrowserSession,
  hash: string,
): Promise<AcceptedRequest> {
  const now = deps.clock.now();
  const row = await tx
    .withTables<OAuthTables>()
    .updateTable('authorization_requests')
    .set({ decided_at: now })
    .where('tenant_id', '=', tenantId)
    .where('hash', '=', hash)
    .where('session_id', '=', session.sessionId)
    .where('decided_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('request')
    .executeTakeFirst();
  if (row === undefined) throw oauthErrors.interaction_invalid();
  return JSON.parse(deps.keyring.open(row.request, placeOfRequest(hash)).toString('utf8'));
}

/** The client may have been changed while the person was reading. */
function currentClient(deps: AuthorizeDeps, tenantId: string, accepted: AcceptedRequest): Client {
  const client = deps.clients.client(tenantId, accepted.clientId);
  if (
    client?.resourceId !== accepted.clientResourceId ||
    !isRegisteredRedirectUri(client, accepted.redirectUri) ||
    !accepted.scopes.every((scope) => client.scopes.has(scope))
  ) {
    throw oauthErrors.interaction_invalid();
  }
  return client;
}

import { recordEvent } from '#audit';
import { credentialHash, recogniseCredential } from '#keyring';
import type { Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { isRegisteredRedirectUri } from '../clients/redirect-uri.ts';
import { isLasting, RememberedDetails } from '../clients/remembered-details.ts';
import { readScope } from '../clients/scope.ts';
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
    await recordEvent(tx, deps, {
      tenantId,
      type: decision === 'allow' ? 'consent.granted' : 'consent.denied',
      actor: sessionPrincipal(tenantId, session),
      target: { type: 'client', id: client.resourceId, name: client.id },
      detail: {
        scope: accepted.scopes.join(' '),
        ...(accepted.details === undefined ? {} : { authorization_details: JSON.stringify(accepted.details) }),
      },
    });
    if (decision === 'deny') {
      const told = fromBrowser('consent', request, client.id);
      const { error, error_description, error_id } = toProblem(deps, oauthErrors.consent_denied(), told);
      return answer({ error, error_description, error_id });
    }
    await remember(tx, deps, { tenantId, userId: session.userId, client, accepted });
    return answer({ code: await issueCode(tx, deps, { tenantId, session, accepted }) });
  });
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

interface Remembered {
  tenantId: string;
  userId: string;
  client: Client;
  accepted: AcceptedRequest;
}

/** Adds to what was agreed before. */
async function remember(tx: Tx, { clock, clients }: AuthorizeDeps, { tenantId, userId, client, accepted }: Remembered) {
  const db = tx.withTables<OAuthTables>();
  const key = { tenant_id: tenantId, user_id: userId, client_resource_id: client.resourceId, api: accepted.api ?? '' };
  const before = await db
    .selectFrom('consents')
    .select(['scope', 'details'])
    .where((where) => where.and(key))
    .forUpdate()
    .executeTakeFirst();
  const scope = [...new Set([...readScope(before?.scope), ...accepted.scopes])].join(' ');
  const apis = (accepted.api ?? '').split(' ').flatMap((name) => clients.api(tenantId, name) ?? []);
  const lasting = (accepted.details ?? []).filter((detail) => isLasting(apis, detail));
  const details = new RememberedDetails(before?.details).with(lasting);
  await db
    .insertInto('consents')
    .values({ ...key, scope, details, granted_at: clock.now() })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'user_id', 'client_resource_id', 'api'])
        .doUpdateSet({ scope, details, granted_at: clock.now() }),
    )
    .execute();
}

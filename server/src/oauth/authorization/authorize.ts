import { isSelfRegistered } from '../clients/self-registered.ts';
import type { BrowserRequest } from '../ports.ts';
import { type Check, established, runChecks } from '../protocol/endpoint.ts';
import { fromBrowser, toProblem } from '../protocol/error-response.ts';
import { refuseRepeatedParams } from '../protocol/read-params.ts';
import { acceptedRequest } from './accepted-request.ts';
import { answerClient } from './answer-client.ts';
import { checkResponseType } from './check-response-type.ts';
import { chooseScopes } from './choose-scopes.ts';
import type { AuthorizationContext, AuthorizationOutcome } from './context.ts';
import type { AuthorizeDeps } from './deps.ts';
import { identifyClient } from './identify-client.ts';
import { issueCode } from './issue-code.ts';
import { matchRedirectUri } from './match-redirect-uri.ts';
import { readClaims } from './read-claims.ts';
import { readDpopKey } from './read-dpop-key.ts';
import { readIdTokenHint } from './read-id-token-hint.ts';
import { readPrompt } from './read-prompt.ts';
import { readRequestObject } from './read-request-object.ts';
import { readResponseMode } from './read-response-mode.ts';
import { requireConsent } from './require-consent.ts';
import { requireMember } from './require-member.ts';
import { requirePkce } from './require-pkce.ts';
import { requireSession } from './require-session.ts';
import { takeUpPushedRequest } from './take-up-pushed-request.ts';

/** Until these have passed, nobody is redirected anywhere (RFC 6749 §4.1.2.1). */
const BEFORE_REDIRECT: readonly Check<AuthorizationContext>[] = [
  refuseRepeatedParameters,
  identifyClient,
  takeUpPushedRequest,
  readRequestObject,
  matchRedirectUri,
];

/** From here on the client is told what is wrong. Nothing about the person is looked at before the request is sound. */
const SOUND_REQUEST: readonly Check<AuthorizationContext>[] = [
  readResponseMode,
  checkResponseType,
  requirePkce,
  readDpopKey,
  readPrompt,
  readClaims,
  readIdTokenHint,
  chooseScopes,
];

const PERSON: readonly Check<AuthorizationContext>[] = [
  unlessAnswered(requireSession),
  unlessAnswered(requireMember),
  unlessAnswered(requireConsent),
  unlessAnswered(grantCode),
];

/** The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core §3.1.2). Never throws. */
export async function authorize(deps: AuthorizeDeps, request: BrowserRequest): Promise<AuthorizationOutcome> {
  const context: AuthorizationContext = { deps, request, sent: request };
  try {
    await runChecks(BEFORE_REDIRECT, context);
  } catch (thrown) {
    return {
      kind: 'problem',
      problem: toProblem(deps, thrown, fromBrowser('authorize', context.request, context.client?.id)),
    };
  }
  try {
    await runChecks(SOUND_REQUEST, context);
    await runChecks(PERSON, context);
    return established(context, 'outcome');
  } catch (thrown) {
    const told = fromBrowser('authorize', context.request, context.client?.id);
    const problem = toProblem(deps, thrown, told);
    // RFC 9700 §4.11.2: a stranger's client hears of mistakes from the person, who has agreed to nothing yet.
    if (isSelfRegistered(established(context, 'client'))) return { kind: 'problem', problem };
    const { error, error_description, error_id } = problem;
    return answerClient(deps, answerAddress(context), { error, error_description, error_id });
  }
}

/** Everything about a request that needs no person, for whoever sends it ahead (RFC 9126 §2.1). */
export async function checkAuthorizationRequest(context: AuthorizationContext): Promise<void> {
  await runChecks(BEFORE_REDIRECT, context);
  await runChecks(SOUND_REQUEST, context);
}

function answerAddress(context: AuthorizationContext) {
  return {
    tenantId: context.request.tenantId,
    clientId: established(context, 'client').id,
    redirectUri: established(context, 'redirectUri'),
    // What the client asked for is what was wrong, then: it hears of that in the usual way.
    responseMode: context.responseMode ?? 'query',
    state: context.state,
  } as const;
}

function refuseRepeatedParameters({ request }: AuthorizationContext): undefined {
  refuseRepeatedParams(request.params);
}

function unlessAnswered(check: Check<AuthorizationContext>): Check<AuthorizationContext> {
  // Under its own name, which is what an explanation says.
  const named: Check<AuthorizationContext> = (context) => (context.outcome === undefined ? check(context) : undefined);
  return Object.defineProperty(named, 'name', { value: check.name });
}

async function grantCode(context: AuthorizationContext): Promise<undefined> {
  const { deps, request } = context;
  const { tenantId } = request;
  const session = established(context, 'session');
  const accepted = acceptedRequest(context);
  const code = await deps.store.transaction({ tenantId }, (tx) => issueCode(tx, deps, { tenantId, session, accepted }));
  context.outcome = await answerClient(deps, answerAddress(context), { code });
}

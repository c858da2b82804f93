import type { BrowserRequest } from '../ports.ts';
import { type Check, established, runChecks } from '../protocol/endpoint.ts';
import { toProblem } from '../protocol/error-response.ts';
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
import { readPrompt } from './read-prompt.ts';
import { refuseRequestObjects } from './refuse-request-objects.ts';
import { requireConsent } from './require-consent.ts';
import { requirePkce } from './require-pkce.ts';
import { requireSession } from './require-session.ts';

/** Until these have passed, nobody is redirected anywhere (RFC 6749 §4.1.2.1). */
const BEFORE_REDIRECT: readonly Check<AuthorizationContext>[] = [
  refuseRepeatedParameters,
  identifyClient,
  matchRedirectUri,
];

/** From here on the client is told what is wrong. Nothing about the person is looked at before the request is sound. */
const AFTER_REDIRECT: readonly Check<AuthorizationContext>[] = [
  refuseRequestObjects,
  checkResponseType,
  requirePkce,
  readPrompt,
  chooseScopes,
  unlessAnswered(requireSession),
  unlessAnswered(requireConsent),
  unlessAnswered(grantCode),
];

/** The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core §3.1.2). Never throws. */
export async function authorize(deps: AuthorizeDeps, request: BrowserRequest): Promise<AuthorizationOutcome> {
  const context: AuthorizationContext = { deps, request };
  try {
    await runChecks(BEFORE_REDIRECT, context);
  } catch (thrown) {
    return { kind: 'problem', problem: toProblem(deps, thrown, { endpoint: 'authorize' }) };
  }
  try {
    await runChecks(AFTER_REDIRECT, context);
    return established(context, 'outcome');
  } catch (thrown) {
    const clientId = context.client?.id;
    const { error, error_description, error_id } = toProblem(deps, thrown, { endpoint: 'authorize', clientId });
    const issuer = deps.issuers.issuerOf(request.tenantId);
    return answerClient(established(context, 'redirectUri'), issuer, context.state, {
      error,
      error_description,
      error_id,
    });
  }
}

function refuseRepeatedParameters({ request }: AuthorizationContext): undefined {
  refuseRepeatedParams(request.params);
}

function unlessAnswered(check: Check<AuthorizationContext>): Check<AuthorizationContext> {
  return (context) => (context.outcome === undefined ? check(context) : undefined);
}

async function grantCode(context: AuthorizationContext): Promise<undefined> {
  const { deps, request } = context;
  const { tenantId } = request;
  const session = established(context, 'session');
  const accepted = acceptedRequest(context);
  const code = await deps.store.transaction({ tenantId }, (tx) => issueCode(tx, deps, { tenantId, session, accepted }));
  context.outcome = answerClient(accepted.redirectUri, deps.issuers.issuerOf(tenantId), accepted.state, { code });
}

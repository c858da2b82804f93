import { newId } from '#base';
import type { ResourceSnapshot } from '#resources';
import { ID_JAG_TYPE } from '../assertions/judge-assertion.ts';
import type { AuthorizationServerSpec } from '../assertions/trusted-issuer-schema.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import type { TokenResponse } from '../grants/token-response.ts';
import { established } from '../protocol/endpoint.ts';
import { param, paramsNamed, printable, requiredParam } from '../protocol/read-params.ts';
import { decide } from './demand-permission.ts';
import type { ExchangeContext } from './exchange-context.ts';
import { TOKEN_TYPES } from './token-types.ts';

export interface IssueIdJagDeps {
  authorizationServers: Pick<ResourceSnapshot<AuthorizationServerSpec>, 'all'>;
}

/** Long enough for the way to the other server. */
const LIFETIME_SECONDS = 300;

/**
 * An identity assertion for another authorization server (ID-JAG §4.3): the person signed in here, so that they need not
 * sign in there. It opens nothing by itself, and names the one client and the one server that it is for.
 */
export async function issueIdJag(context: ExchangeContext & { deps: IssueIdJagDeps }): Promise<TokenResponse> {
  const { deps, client, params, subjectTokenType } = context;
  const subject = established(context, 'subject');
  if (client.type === 'public') throw oauthErrors.client_public();
  // §4.3.1: who signed in, told to this client. A token for an API says nothing of that kind.
  if (subjectTokenType !== TOKEN_TYPES.idToken) {
    throw oauthErrors.token_type_unknown({
      message: `For an identity assertion the subject_token_type must be ${TOKEN_TYPES.idToken}.`,
    });
  }
  const audience = requiredParam(params, 'audience');
  const server = deps.authorizationServers.all(client.tenantId).find(({ spec }) => spec.issuer === audience);
  const entry = server?.spec.clients.find(({ client: name }) => name === client.id);
  if (server === undefined || entry === undefined) throw oauthErrors.assertion_audience_unknown();
  const scopes = readScope(param(params, 'scope'));
  const wider = scopes.find((scope) => !entry.scopes.includes(scope));
  if (wider !== undefined) {
    throw oauthErrors.scope_not_allowed({
      message: `The client may not ask that server for the scope ${printable(wider)}. Add it to the authorization-server resource.`,
    });
  }
  decide(context, { type: 'AuthorizationServer', id: server.name }, scopes);
  const [resource, ...others] = paramsNamed(params, 'resource');
  if (others.length > 0) throw oauthErrors.target_several();
  const person =
    server.spec.includeEmail === true ? await deps.users.userClaims(client.tenantId, subject.id) : undefined;
  const now = deps.clock.now();
  const issuedAt = Math.floor(now / 1000);
  const claims = {
    iss: deps.issuers.issuerOf(client.tenantId),
    sub: deps.subjects.hide(client, 'subject', subject.id),
    aud: audience,
    client_id: entry.clientId,
    jti: newId('token', deps),
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(resource === undefined ? {} : { resource }),
    ...(subject.authTime === undefined ? {} : { auth_time: subject.authTime }),
    ...(subject.acr === undefined ? {} : { acr: subject.acr }),
    ...(subject.amr === undefined ? {} : { amr: [...subject.amr] }),
    ...(person?.email === undefined ? {} : { email: person.email, email_verified: person.emailVerified ?? false }),
  };
  const token = await deps.signingKeys.sign(client.tenantId, claims, { typ: ID_JAG_TYPE });
  deps.issued.tokenIssued({ client, jti: claims.jti, scopes, at: now, exchangedFor: subject.id });
  return {
    access_token: token,
    issued_token_type: TOKEN_TYPES.idJag,
    // RFC 8693 §2.2.1: it is no access token, whatever the member is called.
    token_type: 'N_A',
    expires_in: LIFETIME_SECONDS,
    scope: scopes.join(' '),
  };
}

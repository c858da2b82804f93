import type { Principal } from '#base';
import { credentialHash, recogniseCredential, type SigningKeys } from '#keyring';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { findRefreshToken } from '../grants/find-refresh-token.ts';
import type { RevokeTokensDeps } from '../grants/revoke-tokens.ts';
import { type Check, type EndpointRequest, type EndpointResponse, established } from '../protocol/endpoint.ts';
import { param, requiredParam } from '../protocol/read-params.ts';
import type { AccessTokenClaims } from '../tokens/access-token-claims.ts';
import { tokenTypeOf } from '../tokens/confirmation.ts';
import type { PairwiseSubjects } from '../tokens/pairwise-subjects.ts';
import type { AccessTokenVerifier } from '../tokens/verify-access-token.ts';
import { CLIENT_CHECKS, type ClientContext, type ClientEndpointDeps, runClientEndpoint } from './client-endpoint.ts';
import { describeApiKey, type IntrospectApiKeyDeps } from './introspect-api-key.ts';

export interface IntrospectDeps extends ClientEndpointDeps, IntrospectApiKeyDeps {
  store: RevokeTokensDeps['store'];
  verifier: AccessTokenVerifier;
  signingKeys: Pick<SigningKeys, 'sign'>;
  subjects: PairwiseSubjects;
}

interface IntrospectContext extends ClientContext {
  deps: IntrospectDeps;
  answer?: IntrospectionAnswer;
  /** The same, signed. */
  signed?: string;
}

/** RFC 7662 §2.2. About a token that is no good, or none of the asker's business, nothing but that is said. */
type IntrospectionAnswer = { active: false } | ({ active: true; token_type: string } & Record<string, unknown>);

const INACTIVE: IntrospectionAnswer = { active: false };

const INTROSPECT_CHECKS: readonly Check<IntrospectContext>[] = [
  ...CLIENT_CHECKS,
  refusePublicClients,
  lookAtToken,
  signAnswer,
];

const SIGNED_TYPE = 'application/token-introspection+jwt';

/** Token introspection (RFC 7662), signed when that is asked for (RFC 9701). Never throws. */
export function introspectEndpoint(
  deps: IntrospectDeps,
  request: EndpointRequest,
): EndpointResponse | Promise<EndpointResponse> {
  const context: IntrospectContext = { deps, request };
  return runClientEndpoint(
    'introspect',
    INTROSPECT_CHECKS,
    context,
    () => context.signed ?? established(context, 'answer'),
  );
}

/** RFC 7662 §2.1 and §4: the endpoint requires authorization, or anyone could try tokens out on it. */
function refusePublicClients(context: IntrospectContext): undefined {
  if (established(context, 'client').type === 'public') throw oauthErrors.client_public();
}

function lookAtToken(context: IntrospectContext): undefined | Promise<undefined> {
  const { deps, request } = context;
  const token = requiredParam(request.params, 'token');
  const client = established(context, 'client');
  const kind = recogniseCredential(token)?.kind;
  if (kind === 'refresh_token') {
    return describeRefreshToken(deps, client, token).then((answer) => take(context, answer));
  }
  if (kind === 'api_key') {
    const described = describeApiKey(deps, client, { token, params: request.params, now: deps.clock.now() });
    return take(context, described === undefined ? INACTIVE : { ...described, active: true, token_type: 'api_key' });
  }
  const read = deps.verifier.readAccessToken(token, deps.clock.now());
  return take(context, 'reason' in read ? INACTIVE : describeAccessToken(context, client, read));
}

function take(context: IntrospectContext, answer: IntrospectionAnswer): undefined {
  context.answer = answer;
}

/**
 * To the server of an API the token is for, everything; to the client that holds it, what it was told when it got it, so
 * that nobody reads in an opaque token what he was not meant to; to everyone else, nothing.
 */
function describeAccessToken(
  { deps: { clients, issuers, apiKeys, clock }, request }: IntrospectContext,
  client: Client,
  {
    claims,
    payload,
    principal,
  }: { claims: AccessTokenClaims; payload: Readonly<Record<string, unknown>>; principal: Principal },
): IntrospectionAnswer {
  const { aud, client_id, iss, scope, exp, iat, cnf, authorization_details } = claims;
  if (iss !== issuers.issuerOf(client.tenantId)) return INACTIVE;
  const token_type = tokenTypeOf(cnf);
  const serves = (client.spec.resourceServerFor ?? []).flatMap((name) => clients.api(client.tenantId, name) ?? []);
  const audiences = typeof aud === 'string' ? [aud] : aud;
  if (serves.some(({ audience }) => audiences.includes(audience))) {
    // A question about a token that was made from an API key is a use of the key, as one about the key is.
    if (principal.credential.apiKeyId !== undefined)
      apiKeys?.noteUse?.(principal, { at: clock.now(), address: param(request.params, 'client_address') ?? '' });
    // As the token itself has them: what was hidden in it stays hidden.
    return { ...payload, ...claims, ...visiblePerson(payload), active: true, token_type };
  }
  if (client_id !== client.id) return INACTIVE;
  return {
    active: true,
    token_type,
    iss,
    client_id,
    aud,
    exp,
    iat,
    ...(scope === undefined ? {} : { scope }),
    ...(cnf === undefined ? {} : { cnf }),
    ...(authorization_details === undefined ? {} : { authorization_details }),
  };
}

const visiblePerson = ({ sub, sid, act, origins }: Readonly<Record<string, unknown>>) => ({
  sub,
  ...(sid === undefined ? {} : { sid }),
  ...(act === undefined ? {} : { act }),
  ...(origins === undefined ? {} : { origins }),
});

/** RFC 9701 §4 and §5. For whoever must be able to show later what we said. */
function signAnswer(context: IntrospectContext): undefined | Promise<undefined> {
  if (accepts(context.request.accept, SIGNED_TYPE)) return sign(context);
}

async function sign(context: IntrospectContext): Promise<undefined> {
  const { deps, request } = context;
  const client = established(context, 'client');
  const claims = {
    iss: deps.issuers.issuerOf(request.tenantId),
    aud: client.id,
    iat: Math.floor(deps.clock.now() / 1000),
    token_introspection: established(context, 'answer'),
  };
  context.signed = await deps.signingKeys.sign(request.tenantId, claims, {
    typ: 'token-introspection+jwt',
    alg: client.idTokenAlg,
  });
  context.responseType = SIGNED_TYPE;
}

/** Named as such: who takes anything gets JSON. */
function accepts(accept: string | undefined, type: string): boolean {
  return accept?.split(',').some((each) => each.split(';', 1)[0]?.trim().toLowerCase() === type) === true;
}

/** A refresh token is between its client and us: nobody else is told about it. */
async function describeRefreshToken(deps: IntrospectDeps, client: Client, token: string): Promise<IntrospectionAnswer> {
  const found = await findRefreshToken(deps.store, client.tenantId, credentialHash(deps.keyring, token));
  if (found === undefined || found.clientResourceId !== client.resourceId) return INACTIVE;
  if (found.consumed || found.grantRevoked || found.expiresAt <= deps.clock.now()) return INACTIVE;
  return {
    active: true,
    token_type: 'refresh_token',
    iss: deps.issuers.issuerOf(client.tenantId),
    sub: deps.subjects.hide(client, 'subject', found.userId),
    client_id: client.id,
    scope: found.scope,
    iat: Math.floor(found.createdAt / 1000),
    exp: Math.floor(found.expiresAt / 1000),
    grant_id: found.grantId,
  };
}

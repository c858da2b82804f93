import { type IdSource, newId } from '#base';
import type { SigningKeys } from '#keyring';
import type { Target } from '../clients/choose-target.ts';
import type { Api, Client } from '../clients/client-directory.ts';
import type { Issuers } from '../issuers.ts';
import type { UserClaims } from '../ports.ts';
import { signingAlg } from '../profiles/profile.ts';
import type { AccessTokenClaims } from '../tokens/access-token-claims.ts';
import { mappedClaims } from '../tokens/mapped-claims.ts';
import type { OpaqueTokens } from '../tokens/opaque-tokens.ts';
import type { PairwiseSubjects } from '../tokens/pairwise-subjects.ts';
import { hidePerson } from '../tokens/person-in-claims.ts';
import { type Sender, senderClaims } from './sender.ts';

export interface IssueAccessTokenDeps extends IdSource {
  signingKeys: Pick<SigningKeys, 'sign'>;
  issuers: Issuers;
  opaqueTokens: Pick<OpaqueTokens, 'seal'>;
  subjects: PairwiseSubjects;
}

/** A person, as far as a token tells about them. */
export interface GrantedPerson {
  userId: string;
  grantId: string;
  /** The session the grant lives with; undefined for offline access. */
  sessionId: string | undefined;
  /** The session in which it was granted, until that ends, whether the grant lives with it or not. */
  signedInSessionId: string | undefined;
  /** Seconds. */
  authTime: number;
  acr: string | undefined;
  amr: readonly string[];
  roles: readonly string[];
  groups: readonly string[];
  organizationId: string | undefined;
  /** All that is known of them, for claims that are declared. */
  user: UserClaims;
  /** Who acts for the person. */
  actor?: string;
}

export interface IssuedAccessToken {
  token: string;
  jti: string;
  expiresInSeconds: number;
}

/** For tokens that are good for the issuer's own endpoints alone. */
const ISSUER_TOKEN_TTL_SECONDS = 900;

/** So soon whoever acts for somebody is asked again whether they still may: their session is, and so are they. */
const ACTING_TOKEN_TTL_SECONDS_MAX = 300;

/**
 * Signs one access token (RFC 9068 §2) as of `now`, in milliseconds; at once when the key is at hand. Without a person, the client speaks for itself;
 * `more` says for whom it speaks otherwise, and how long at most.
 */
export function issueAccessToken(
  deps: IssueAccessTokenDeps,
  client: Client,
  { api, scopes, details = [] }: Target,
  person: GrantedPerson | undefined,
  now: number,
  sender: Sender = {},
  more: { claims?: Partial<AccessTokenClaims>; ttlSecondsMax?: number } = {},
): IssuedAccessToken | Promise<IssuedAccessToken> {
  const issuer = deps.issuers.issuerOf(client.tenantId);
  const issuedAt = Math.floor(now / 1000);
  const ttlSeconds = api?.accessTokenTtlSeconds ?? ISSUER_TOKEN_TTL_SECONDS;
  const actingMax = person?.actor === undefined ? ttlSeconds : ACTING_TOKEN_TTL_SECONDS_MAX;
  const expiresInSeconds = Math.min(ttlSeconds, actingMax, more.ttlSecondsMax ?? ttlSeconds);
  const claims = hidePerson(deps.subjects, client, {
    // First, so that nothing declared takes the place of what a token is.
    ...declaredClaims(deps, { api, client, person, scopes }),
    iss: issuer,
    sub: person?.userId ?? client.id,
    aud: audienceOf(api?.audience, issuer, scopes),
    exp: issuedAt + expiresInSeconds,
    iat: issuedAt,
    jti: newId('token', deps),
    client_id: client.id,
    // RFC 9068 §2.2.3: present whenever scopes were granted.
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(person === undefined ? clientClaims(client) : personClaims(person)),
    ...senderClaims(sender),
    ...(details.length === 0 ? {} : { authorization_details: details }),
    ...more.claims,
  });
  const token =
    api?.accessTokenFormat === 'opaque'
      ? deps.opaqueTokens.seal(claims, now)
      : deps.signingKeys.sign(client.tenantId, claims, { typ: 'at+jwt', alg: algOf(client, api) });
  const { jti } = claims;
  return typeof token === 'string'
    ? { token, jti, expiresInSeconds }
    : token.then((signed) => ({ token: signed, jti, expiresInSeconds }));
}

/** As the API declares, otherwise as the tenant does; the client's profile may know better than both. */
const algOf = ({ profile, accessTokenAlg }: Client, api: Api | undefined) =>
  api?.accessTokenAlg === undefined ? accessTokenAlg : signingAlg(profile, api.accessTokenAlg);

/** What the API wants to know in its tokens. */
function declaredClaims(
  { subjects }: IssueAccessTokenDeps,
  {
    api,
    client,
    person,
    scopes,
  }: { api: Api | undefined; client: Client; person: GrantedPerson | undefined; scopes: readonly string[] },
): Record<string, unknown> {
  if (api?.claims === undefined) return {};
  const known = person && { ...person.user, id: subjects.hide(client, 'subject', person.userId) };
  return mappedClaims(api.claims, { client: { id: client.id, name: client.displayName }, person: known, scopes });
}

/** With `openid`, userinfo is a second audience: its scopes and an API's never share a name, so nothing is mixed up. */
function audienceOf(audience: string | undefined, issuer: string, scopes: readonly string[]): string | string[] {
  if (audience === undefined) return issuer;
  return scopes.includes('openid') ? [audience, issuer] : audience;
}

/** A client of an organization acts in it, and nowhere else. */
function clientClaims({ organizationId }: Client) {
  return organizationId === undefined ? {} : { organization_id: organizationId };
}

function personClaims({ grantId, sessionId, authTime, acr, amr, roles, groups, organizationId, actor }: GrantedPerson) {
  return {
    auth_time: authTime,
    ...(acr === undefined ? {} : { acr }),
    amr: [...amr],
    roles: [...roles],
    ...(groups.length === 0 ? {} : { groups: [...groups] }),
    ...(organizationId === undefined ? {} : { organization_id: organizationId }),
    grant_id: grantId,
    ...(sessionId === undefined ? {} : { sid: sessionId }),
    ...(actor === undefined ? {} : { act: { sub: actor } }),
  };
}

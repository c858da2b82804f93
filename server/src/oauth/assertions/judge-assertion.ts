import type { Clock } from '#base';
import type { ResourceSnapshot } from '#resources';
import type { Store } from '#store';
import { matchConditions } from '../authentication/match-workload-token.ts';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import type { Issuers } from '../issuers.ts';
import { CLOCK_SKEW_SECONDS, type ForeignJwt, readForeignJwt, signerOf, timeProblem } from '../jwt/foreign-jwt.ts';
import type { RemoteKeySets } from '../jwt/remote-key-sets.ts';
import { PROFILES } from '../profiles/profile.ts';
import { useOnce } from '../replay/use-once.ts';
import type { TrustedIssuerSpec } from './trusted-issuer-schema.ts';

export interface JudgeAssertionDeps {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
  issuers: Issuers;
  trustedIssuers: Pick<ResourceSnapshot<TrustedIssuerSpec>, 'all'>;
  issuerKeys: RemoteKeySets;
  keySetOf(issuer: string): Promise<string | undefined>;
}

/** The `typ` of identity assertions (ID-JAG draft §3): an id token or an access token must not pass for one. */
export const ID_JAG_TYPE = 'oauth-id-jag+jwt';

/** RFC 7523 §3: an assertion is made to be used at once. */
const LIFETIME_SECONDS_MAX = 3600;
const JTI_LENGTH_MAX = 256;

export interface JudgedAssertion {
  trusted: TrustedIssuerSpec;
  claims: Record<string, unknown>;
  isIdJag: boolean;
}

/** Is it what a trusted issuer says to us, about now, once? @throws `assertion_invalid`; why exactly is in the log. */
export async function judgeAssertion(deps: JudgeAssertionDeps, client: Client, text: string): Promise<JudgedAssertion> {
  const jwt = readForeignJwt(text);
  if (jwt === undefined) throw refuse('it is not a signed JWT');
  const trusted = deps.trustedIssuers.all(client.tenantId).find(({ spec }) => spec.issuer === jwt.payload.iss)?.spec;
  if (trusted === undefined) throw refuse('its issuer is not trusted (iss)');
  const isIdJag = jwt.header.typ === ID_JAG_TYPE;
  const problem =
    kindProblem(trusted, client, jwt, isIdJag) ??
    audienceProblem(deps, client, trusted, jwt) ??
    timeProblem(jwt.payload, deps.clock.now(), LIFETIME_SECONDS_MAX) ??
    claimsProblem(trusted, jwt) ??
    (await signatureProblem(deps, client, trusted, jwt)) ??
    // Last: what is not the issuer's must not use up what is.
    (await replayProblem(deps, client, jwt));
  if (problem !== undefined) throw refuse(problem);
  return { trusted, claims: jwt.payload, isIdJag };
}

function refuse(reason: string) {
  return oauthErrors.assertion_invalid({
    message: `The assertion is not acceptable: ${reason.replaceAll(/[^\x20-\x7e]/g, '?')}.`,
    cause: new Error(reason),
  });
}

function kindProblem(
  { accepts, clients }: TrustedIssuerSpec,
  client: Client,
  { header, payload }: ForeignJwt,
  isIdJag: boolean,
): string | undefined {
  if (clients !== undefined && !clients.includes(client.id)) return 'this client may not use assertions of its issuer';
  if (!isIdJag) {
    if (header.typ !== undefined && header.typ !== 'JWT') return 'it is of another kind (typ)';
    return accepts.includes('jwt_bearer') ? undefined : 'plain assertions of its issuer are not taken';
  }
  if (!accepts.includes('id_jag')) return 'identity assertions of its issuer are not taken';
  // ID-JAG §3.1: made for one client. Another one that found it can do nothing with it.
  return payload.client_id === client.id ? undefined : 'it was made for another client (client_id)';
}

/** RFC 7523 §3: it must be meant for this server, and for nobody beside it. */
function audienceProblem(
  { issuers }: JudgeAssertionDeps,
  { tenantId }: Client,
  { audiences = [] }: TrustedIssuerSpec,
  { payload: { aud } }: ForeignJwt,
): string | undefined {
  const issuer = issuers.issuerOf(tenantId);
  const [only, ...others] = Array.isArray(aud) ? aud : [aud];
  const meant = [issuer, `${issuer}/oauth/token`, ...audiences].some((audience) => audience === only);
  return meant && others.length === 0 ? undefined : 'it is meant for somebody else (aud)';
}

function claimsProblem({ issuer, claims }: TrustedIssuerSpec, { payload }: ForeignJwt): string | undefined {
  const rule = { issuer, audience: '*', claims };
  const failed = matchConditions(rule, payload).find(({ claim, matches }) => claim !== 'aud' && !matches);
  return failed === undefined ? undefined : `its claim ${failed.claim} does not match`;
}

async function signatureProblem(
  { issuerKeys, keySetOf }: JudgeAssertionDeps,
  client: Client,
  { issuer, jwksUri }: TrustedIssuerSpec,
  jwt: ForeignJwt,
): Promise<string | undefined> {
  const address = jwksUri ?? (await keySetOf(issuer));
  if (address === undefined) return "its issuer's metadata could not be read";
  const keys = await issuerKeys.keysAt(address, typeof jwt.header.kid === 'string' ? jwt.header.kid : undefined);
  const algs = PROFILES[client.profile].signatureAlgs;
  return signerOf(jwt, keys, algs) === undefined ? 'no key of its issuer verifies its signature' : undefined;
}

/** RFC 7523 §3 lets servers insist on it: whoever reads one on the way gains nothing. */
async function replayProblem(
  { store }: JudgeAssertionDeps,
  { tenantId }: Client,
  { payload: { jti, iss, exp } }: ForeignJwt,
): Promise<string | undefined> {
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_LENGTH_MAX) return 'it has no id (jti)';
  const expiresAt = (Number(exp) + CLOCK_SKEW_SECONDS) * 1000;
  const first = await useOnce(store, {
    tenantId,
    purpose: 'assertion_grant',
    id: JSON.stringify([iss, jti]),
    expiresAt,
  });
  return first ? undefined : 'it was used before (jti)';
}

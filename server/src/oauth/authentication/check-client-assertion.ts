import type { Clock } from '#base';
import type { Store } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { addressOf } from '../endpoints/paths.ts';
import { oauthErrors } from '../errors.ts';
import type { Issuers } from '../issuers.ts';
import { type ForeignJwt, readForeignJwt, signerOf, timeProblem } from '../jwt/foreign-jwt.ts';
import type { RemoteKeySets } from '../jwt/remote-key-sets.ts';
import { PROFILES } from '../profiles/profile.ts';
import { useOnce } from '../replay/use-once.ts';
import { keysOf } from './client-keys.ts';

export interface CheckAssertionDeps {
  store: Pick<Store, 'transaction'>;
  issuers: Issuers;
  remoteKeys: RemoteKeySets;
  clock: Clock;
}

/** Made for one request: libraries take one to five minutes. It is remembered for as long, so that it counts once. */
export const ASSERTION_LIFETIME_SECONDS_MAX = 600;
const JTI_LENGTH_MAX = 255;
/** RFC 7523 says nothing of `typ`; its successor names the second. Another type is another kind of token (RFC 8725 §3.11). */
const TYPES: readonly unknown[] = [undefined, 'JWT', 'client-authentication+jwt'];

/** Which client an assertion speaks of, unverified: only to know whose keys to ask for. */
export function subjectOf(assertion: string): string | undefined {
  const sub = readForeignJwt(assertion)?.payload.sub;
  return typeof sub === 'string' && sub.length <= JTI_LENGTH_MAX ? sub : undefined;
}

/** `private_key_jwt` (RFC 7523 §3, OpenID Connect Core §9). @throws `client_unauthenticated`. */
export async function checkClientAssertion(
  deps: CheckAssertionDeps,
  client: Client,
  assertion: string,
): Promise<undefined> {
  const jwt = readForeignJwt(assertion);
  if (jwt === undefined) throw unknown('it is not a JWT');
  const kid = typeof jwt.header.kid === 'string' ? jwt.header.kid : undefined;
  const { tokenEndpointAuthSigningAlg: declared } = client.spec;
  const { signatureAlgs } = PROFILES[client.profile];
  const algs = declared === undefined ? signatureAlgs : signatureAlgs.filter((alg) => alg === declared);
  if (signerOf(jwt, await keysOf(deps.remoteKeys, client, kid), algs) === undefined) {
    throw unknown(`none of the client's keys verifies it, by ${algs.join(', ')}`);
  }
  // From here on it is the client, or whoever has its key: it may be told what is wrong.
  const problem = claimsProblem(deps, client, jwt);
  if (problem !== undefined) throw refused(problem);
  const { jti, exp } = jwt.payload;
  const first = await useOnce(deps.store, {
    tenantId: client.tenantId,
    purpose: 'client_assertion',
    id: `${client.resourceId} ${jti}`,
    expiresAt: Number(exp) * 1000,
  });
  if (!first) throw refused('it was used before (jti); make a new one for each request');
}

function claimsProblem(
  { issuers, clock }: CheckAssertionDeps,
  client: Client,
  { header, payload }: ForeignJwt,
): string | undefined {
  const { iss, sub, aud, jti } = payload;
  if (!TYPES.includes(header.typ)) return 'its typ is that of another kind of token; use client-authentication+jwt';
  if (iss !== client.id || sub !== client.id) return 'iss and sub must both be the client_id';
  const issuer = issuers.issuerOf(client.tenantId);
  // One audience: an assertion for two servers could be taken from one to the other.
  const [audience, ...others] = [aud].flat();
  const { url, alias = url } = addressOf(issuers, client.tenantId, 'token');
  const audiences = PROFILES[client.profile].issuerAudienceOnly ? [issuer] : [issuer, url, alias];
  if (others.length > 0 || !audiences.some((each) => each === audience)) return `aud must be ${audiences[0]} alone`;
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_LENGTH_MAX) return 'jti is missing';
  return timeProblem(payload, clock.now(), ASSERTION_LIFETIME_SECONDS_MAX);
}

function unknown(reason: string) {
  return oauthErrors.client_unauthenticated({ cause: new Error(`client assertion: ${reason}`) });
}

function refused(reason: string) {
  return oauthErrors.client_unauthenticated({
    message: `The client assertion was refused: ${reason} (RFC 7523 section 3).`,
  });
}

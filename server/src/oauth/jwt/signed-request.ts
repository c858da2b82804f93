import type { Alg } from '#keyring';
import { keysOf } from '../authentication/client-keys.ts';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import type { Issuers } from '../issuers.ts';
import { PROFILES } from '../profiles/profile.ts';
import type { Params } from '../protocol/read-params.ts';
import { type UseOnceDeps, useOnce } from '../replay/use-once.ts';
import { type ForeignJwt, readForeignJwt, signerOf } from './foreign-jwt.ts';
import type { RemoteKeySets } from './remote-key-sets.ts';
import type { RequestEncryption } from './request-encryption.ts';

export interface SignedRequestDeps extends UseOnceDeps {
  remoteKeys: RemoteKeySets;
  requestEncryption: Pick<RequestEncryption, 'decrypt'>;
  issuers: Issuers;
  clock: { now(): number };
}

/** How far ahead `exp` may be, of whichever request. */
export const REQUEST_LIFETIME_SECONDS_MAX = 3600;

const PARAMS_MAX = 40;
/** RFC 7516 §3.1. A signed one has three. */
const JWE_PARTS = 5;
/** RFC 9101 §10.8.1 has a type of its own; many libraries still send none or `JWT`. */
const TYPES: readonly unknown[] = [undefined, 'JWT', 'oauth-authz-req+jwt'];
/** Claims about the object itself. `sub` is refused below: with it the object would pass for a client assertion (RFC 9101 §10.8). */
const NOT_PARAMETERS = new Set(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti']);

/**
 * A request that its client signed, for us alone, and encrypted if it likes (RFC 9101, OpenID Connect CIBA §7.1.1).
 * Whether it is in time, and comes first, is still to be seen. @throws `request_object_invalid`
 */
export async function openSignedRequest(deps: SignedRequestDeps, client: Client, text: string): Promise<ForeignJwt> {
  const jwt = readForeignJwt(await openObject(deps, client, text));
  if (jwt === undefined) throw refusedRequest('it is not a signed JWT');
  const algs = algsOf(client);
  const kid = typeof jwt.header.kid === 'string' ? jwt.header.kid : undefined;
  if (signerOf(jwt, await keysOf(deps.remoteKeys, client, kid), algs) === undefined) {
    throw refusedRequest(`no key of the client verifies the signature, by one of ${algs.join(', ')}`);
  }
  const problem = partiesProblem(jwt, client, deps.issuers.issuerOf(client.tenantId));
  if (problem !== undefined) throw refusedRequest(problem);
  return jwt;
}

/** RFC 9101 §6.1: signed first, then encrypted to our key. What is inside is signed all the same, or refused. */
async function openObject({ requestEncryption }: SignedRequestDeps, client: Client, text: string): Promise<string> {
  if (text.split('.', JWE_PARTS + 1).length !== JWE_PARTS) return text;
  const opened = await requestEncryption.decrypt(client.tenantId, text, client.spec.requestObjects?.encryption);
  if (opened === undefined) {
    throw refusedRequest(
      'no key of ours opens it as declared; encrypt to the one with "use": "enc" at jwks_uri, and name it (kid)',
    );
  }
  return opened;
}

function algsOf({ profile, spec }: Client): readonly Alg[] {
  const declared = spec.requestObjects?.algs;
  const { signatureAlgs } = PROFILES[profile];
  return declared === undefined ? signatureAlgs : signatureAlgs.filter((alg) => declared.includes(alg));
}

function partiesProblem({ header, payload }: ForeignJwt, client: Client, issuer: string): string | undefined {
  if (!TYPES.includes(header.typ)) return 'its typ is that of another kind of token; use oauth-authz-req+jwt';
  if (payload.iss !== client.id) return 'iss and client_id must be the client_id';
  const [audience, ...others] = [payload.aud].flat();
  if (audience !== issuer || others.length > 0) return `aud must be ${issuer} alone`;
  if ('request' in payload || 'request_uri' in payload) return 'it holds another request object';
  if ('sub' in payload) return 'it holds sub, and could pass for a client assertion';
  return undefined;
}

/**
 * Not every client sends a jti; one that does has its object counted once, wherever it comes with it first.
 * @throws `request_object_invalid`
 */
export async function countRequestOnce(deps: UseOnceDeps, client: Client, { payload }: ForeignJwt): Promise<void> {
  const { jti, exp } = payload;
  if (jti === undefined) return;
  if (typeof jti !== 'string' || jti === '' || jti.length > 255) {
    throw refusedRequest('jti is no text of 1 to 255 characters');
  }
  const id = `${client.resourceId} ${jti}`;
  const once = { tenantId: client.tenantId, purpose: 'request_object', id, expiresAt: Number(exp) * 1000 } as const;
  if (!(await useOnce(deps.store, once))) throw refusedRequest('it was used before (jti)');
}

/** RFC 9101 §4: parameters are members; numbers and structures stand there as what they are. */
export function paramsOfRequest({ payload }: ForeignJwt): Params {
  const params = Object.entries(payload).flatMap(([name, value]) => {
    if (NOT_PARAMETERS.has(name)) return [];
    if (!isStorable(name) || !isStorable(value))
      throw refusedRequest('it holds a character that no parameter can have');
    const several = Array.isArray(value) && name === 'resource' ? value : [value];
    return several.map((each) => [name, typeof each === 'string' ? each : JSON.stringify(each)] as const);
  });
  if (params.length > PARAMS_MAX) throw refusedRequest('it holds too many parameters');
  return params;
}

/** As the form's reader has it: no NUL, and no half of a character. */
const isStorable = (value: unknown) => typeof value !== 'string' || (value.isWellFormed() && !value.includes('\0'));

export function refusedRequest(problem: string) {
  return oauthErrors.request_object_invalid({ message: `The request object was refused: ${problem} (RFC 9101).` });
}

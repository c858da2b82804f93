import type { Alg } from '#keyring';
import { keysOf } from '../authentication/client-keys.ts';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { type ForeignJwt, readForeignJwt, signerOf, timeProblem } from '../jwt/foreign-jwt.ts';
import { PROFILES } from '../profiles/profile.ts';
import { established } from '../protocol/endpoint.ts';
import { type Params, param } from '../protocol/read-params.ts';
import { useOnce } from '../replay/use-once.ts';
import type { AuthorizationContext } from './context.ts';
import { provenMoment } from './sign-in-proof.ts';

const LIFETIME_SECONDS_MAX = 3600;
const FETCHED_BYTES_MAX = 16 * 1024;
const FETCH_TIMEOUT_MILLISECONDS = 5_000;
const PARAMS_MAX = 40;
/** RFC 7516 §3.1. A signed one has three. */
const JWE_PARTS = 5;
/** RFC 9101 §10.8.1 has a type of its own; many libraries still send none or `JWT`. */
const TYPES: readonly unknown[] = [undefined, 'JWT', 'oauth-authz-req+jwt'];
/** Claims about the object itself. `sub` is refused below: with it the object would pass for a client assertion (§10.8). */
const NOT_PARAMETERS = new Set(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti']);

/**
 * JAR (RFC 9101): the parameters come signed by the client, and what stands beside them does not count (§6.3). The
 * object, or the address where it was registered to be, is taken from nobody but a client that has keys.
 */
export async function readRequestObject(context: AuthorizationContext): Promise<undefined> {
  const { request, pushed } = context;
  const client = established(context, 'client');
  const inline = param(request.params, 'request');
  const address = param(request.params, 'request_uri');
  // What was pushed had its request object read then.
  if (pushed !== undefined) return;
  if (inline === undefined && address === undefined) {
    if (client.spec.requestObjects?.required === true) throw oauthErrors.request_object_required();
    return;
  }
  if (inline !== undefined && address !== undefined) throw refused('send request or request_uri, not both');
  const text = inline ?? (await fetchObject(context, client, address ?? ''));
  const params = await readSigned(context, client, text);
  context.request = { ...request, params };
}

async function fetchObject({ deps }: AuthorizationContext, client: Client, address: string): Promise<string> {
  // RFC 9101 §10.4.1: an address from the request that anyone could choose would make us fetch anything.
  if (client.spec.requestObjects?.uris?.includes(address) !== true) throw oauthErrors.request_uri_unregistered();
  try {
    const { status, body } = await deps.fetch(address, {
      headers: { accept: 'application/oauth-authz-req+jwt' },
      timeoutMs: FETCH_TIMEOUT_MILLISECONDS,
      bodyBytesMax: FETCHED_BYTES_MAX,
    });
    if (status !== 200) throw new TypeError(`answered ${status}`);
    return body.toString('utf8').trim();
  } catch (cause) {
    throw oauthErrors.request_uri_unreadable({ cause });
  }
}

async function readSigned(context: AuthorizationContext, client: Client, text: string): Promise<Params> {
  const { deps } = context;
  const jwt = readForeignJwt(await openObject(context, text));
  if (jwt === undefined) throw refused('it is not a signed JWT');
  const algs = algsOf(client);
  const kid = typeof jwt.header.kid === 'string' ? jwt.header.kid : undefined;
  if (signerOf(jwt, await keysOf(deps.remoteKeys, client, kid), algs) === undefined) {
    throw refused(`no key of the client verifies the signature, by one of ${algs.join(', ')}`);
  }
  // Back from the sign-in page with the same request: that it was in time, and came first, was seen then.
  const isBack = provenMoment(deps.keyring, context.sent.params, deps.clock.now()) !== undefined;
  const problem = claimsProblem(context, client, jwt, isBack);
  if (problem !== undefined) throw refused(problem);
  if (!isBack) await countOnce(context, client, jwt);
  return toParams(jwt.payload);
}

/** RFC 9101 §6.1: signed first, then encrypted to our key. What is inside is signed all the same, or refused. */
async function openObject({ deps, request }: AuthorizationContext, text: string): Promise<string> {
  if (text.split('.', JWE_PARTS + 1).length !== JWE_PARTS) return text;
  const opened = await deps.requestEncryption.decrypt(request.tenantId, text);
  if (opened === undefined) {
    throw refused('no key of ours opens it; encrypt to the one with "use": "enc" at jwks_uri, and name it (kid)');
  }
  return opened;
}

function algsOf({ profile, spec }: Client): readonly Alg[] {
  const declared = spec.requestObjects?.algs;
  const { signatureAlgs } = PROFILES[profile];
  return declared === undefined ? signatureAlgs : signatureAlgs.filter((alg) => declared.includes(alg));
}

function claimsProblem(
  { deps, request }: AuthorizationContext,
  client: Client,
  { header, payload }: ForeignJwt,
  isBack: boolean,
): string | undefined {
  if (!TYPES.includes(header.typ)) return 'its typ is that of another kind of token; use oauth-authz-req+jwt';
  if (payload.iss !== client.id || payload.client_id !== client.id) return 'iss and client_id must be the client_id';
  const [audience, ...others] = [payload.aud].flat();
  const issuer = deps.issuers.issuerOf(request.tenantId);
  if (audience !== issuer || others.length > 0) return `aud must be ${issuer} alone`;
  if ('request' in payload || 'request_uri' in payload) return 'it holds another request object';
  if ('sub' in payload) return 'it holds sub, and could pass for a client assertion';
  return isBack ? undefined : timeProblem(payload, deps.clock.now(), LIFETIME_SECONDS_MAX);
}

/** Not every client sends a jti; one that does has its object counted once. */
async function countOnce({ deps, request }: AuthorizationContext, client: Client, { payload }: ForeignJwt) {
  const { jti, exp } = payload;
  if (jti === undefined) return;
  if (typeof jti !== 'string' || jti === '' || jti.length > 255) throw refused('jti is no text of 1 to 255 characters');
  const id = `${client.resourceId} ${jti}`;
  const { tenantId } = request;
  const once = { tenantId, purpose: 'request_object', id, expiresAt: Number(exp) * 1000 } as const;
  if (!(await useOnce(deps.store, once))) throw refused('it was used before (jti)');
}

/** RFC 9101 §4: parameters are members; numbers and structures stand there as what they are. */
function toParams(payload: Readonly<Record<string, unknown>>): Params {
  const params = Object.entries(payload).flatMap(([name, value]) => {
    if (NOT_PARAMETERS.has(name)) return [];
    if (!isStorable(name) || !isStorable(value)) throw refused('it holds a character that no parameter can have');
    const several = Array.isArray(value) && name === 'resource' ? value : [value];
    return several.map((each) => [name, typeof each === 'string' ? each : JSON.stringify(each)] as const);
  });
  if (params.length > PARAMS_MAX) throw refused('it holds too many parameters');
  return params;
}

/** As the form's reader has it: no NUL, and no half of a character. */
const isStorable = (value: unknown) => typeof value !== 'string' || (value.isWellFormed() && !value.includes('\0'));

function refused(problem: string) {
  return oauthErrors.request_object_invalid({ message: `The request object was refused: ${problem} (RFC 9101).` });
}

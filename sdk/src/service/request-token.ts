import { authenticateClient, type ClientCredentials } from '../net/client-authentication.ts';
import type { DpopKey } from '../net/dpop-key.ts';
import { type Fetch, fetchJson, type JsonAnswer } from '../net/fetch-json.ts';
import type { IssuerMetadata } from '../net/issuer-metadata.ts';
import { TokenError } from './token-error.ts';

/** An access token, and until when it is good. */
export interface ServiceToken {
  readonly accessToken: string;
  readonly type: 'Bearer' | 'DPoP';
  readonly scopes: readonly string[];
  /** Milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface TokenRequester {
  issuer: string;
  credentials: ClientCredentials;
  metadata: () => Promise<IssuerMetadata>;
  dpop: DpopKey | undefined;
  /** `fetch` shows a client certificate. */
  hasCertificate: boolean;
  fetch: Fetch;
  now: () => number;
}

/** RFC 6749 §5.1: without `expires_in` it is not known; so long is a careful guess. */
const EXPIRES_IN_SECONDS_DEFAULT = 60;

/** A token from the token endpoint; a nonce that is wanted (RFC 9449 §8) costs one more request. @throws {@link TokenError} */
export async function requestToken(
  requester: TokenRequester,
  grant: Readonly<Record<string, string>>,
): Promise<ServiceToken> {
  const { now } = requester;
  const askedAt = now();
  let answer = await post(requester, grant);
  if (answer.body.error === 'use_dpop_nonce') answer = await post(requester, grant);
  const { status, body } = answer;
  if (status !== 200) throw new TokenError(String(body.error ?? status), String(body.error_description ?? 'no token'));
  const { access_token, token_type, expires_in, scope } = body;
  if (typeof access_token !== 'string' || access_token === '' || typeof token_type !== 'string') {
    throw new TokenError('malformed', 'the token endpoint answered without a token');
  }
  const type = token_type.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer';
  // RFC 9449 §5: a bearer token where a bound one was asked for is worth more to a thief than was agreed.
  if (requester.dpop !== undefined && type === 'Bearer') {
    throw new TokenError('malformed', 'the issuer does not bind tokens to a key (DPoP)');
  }
  const seconds = typeof expires_in === 'number' && expires_in > 0 ? expires_in : EXPIRES_IN_SECONDS_DEFAULT;
  return {
    accessToken: access_token,
    type,
    scopes: typeof scope === 'string' ? scope.split(' ') : (grant.scope?.split(' ') ?? []),
    issuedAt: askedAt,
    expiresAt: askedAt + seconds * 1000,
  };
}

async function post(requester: TokenRequester, grant: Readonly<Record<string, string>>): Promise<JsonAnswer> {
  const { credentials, dpop, fetch } = requester;
  const { token_endpoint, mtls_token_endpoint } = await requester.metadata().catch(unreachable);
  const url = (requester.hasCertificate ? mtls_token_endpoint : undefined) ?? token_endpoint;
  if (url === undefined) throw new TokenError('malformed', 'the issuer has no token endpoint');
  const { headers, params } = await authenticateClient(credentials, requester);
  const proof = dpop === undefined ? {} : { dpop: await dpop.proofFor({ method: 'POST', url }) };
  const init = {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers, ...proof },
    body: new URLSearchParams({ ...grant, ...params }).toString(),
  };
  const answer = await fetchJson(url, { fetch, init }).catch(unreachable);
  dpop?.learnNonce(url, answer.headers.get('dpop-nonce'));
  return answer;
}

function unreachable(cause: unknown): never {
  throw new TokenError(
    'unreachable',
    'the issuer did not answer; is it reachable from here, and `issuer` exactly what it calls itself?',
    { cause },
  );
}

import type { DpopKey } from '../net/dpop-key.ts';
import { type Fetch, isSafeUrl } from '../net/fetch-json.ts';
import { ConfigurationError } from '../verify/auth-error.ts';
import type { ServiceToken } from './request-token.ts';
import type { TokenSource } from './token-source.ts';

export interface AuthorizedFetchOptions {
  source: TokenSource;
  dpop: DpopKey | undefined;
  fetch: Fetch;
  plainHttp: boolean;
}

/** `fetch` with a token: once again with a new one where it is stale, or with the nonce that the server wants. */
export function createAuthorizedFetch(options: AuthorizedFetchOptions): typeof fetch {
  const { source, plainHttp } = options;
  return async (input, init) => {
    const request = new Request(input, init);
    if (!isSafeUrl(request.url) && !plainHttp) {
      throw new ConfigurationError('A token does not travel by plain http. Use https, or say plainHttp: true.');
    }
    const token = await source.token();
    // Before the first is sent: a body is read once.
    const spare = isRepeatable(request, init) ? request.clone() : undefined;
    const answer = await send(options, request, token);
    const { stale, nonce } = complaintOf(options, request.url, answer);
    if (spare === undefined || (!stale && !nonce)) return answer;
    await answer.body?.cancel();
    if (stale) source.drop(token);
    return send(options, spare, stale ? await source.token() : token);
  };
}

async function send({ dpop, fetch }: AuthorizedFetchOptions, request: Request, token: ServiceToken): Promise<Response> {
  const { method, url } = request;
  const { accessToken, type } = token;
  const headers = new Headers(request.headers);
  headers.set('authorization', `${type} ${accessToken}`);
  if (dpop !== undefined && type === 'DPoP') headers.set('dpop', await dpop.proofFor({ method, url, accessToken }));
  return fetch(url, toInit(request, headers));
}

/** What {@link Fetch} takes: an address and the rest. */
function toInit(request: Request, headers: Headers): RequestInit {
  const { method, body, signal, redirect } = request;
  // A body that is a stream is sent as it comes (Fetch §5.4), which has to be said.
  return { method, headers, signal, redirect, ...(body === null ? {} : { body, ...HALF_DUPLEX }) };
}

const HALF_DUPLEX = { duplex: 'half' } as const;

/** Is it the token (RFC 6750 §3.1), or the proof (RFC 9449 §9)? Anything else would be the same again. */
function complaintOf({ dpop }: AuthorizedFetchOptions, url: string, { status, headers }: Response) {
  const learnt = dpop?.learnNonce(url, headers.get('dpop-nonce')) === true;
  const challenge = status === 401 ? (headers.get('www-authenticate') ?? '') : '';
  return {
    stale: /error="?invalid_token\b/.test(challenge),
    nonce: learnt && /error="?use_dpop_nonce\b/.test(challenge),
  };
}

/** A stream of the caller's own would have to be kept whole to be sent twice. */
function isRepeatable(request: Request, init: RequestInit | undefined): boolean {
  return request.body === null || (init?.body !== undefined && !(init.body instanceof ReadableStream));
}

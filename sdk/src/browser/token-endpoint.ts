import { AuthError } from './auth-error.ts';
import type { Prover } from './dpop.ts';
import type { Metadata } from './metadata.ts';
import type { TokenAnswer } from './tokens.ts';

/**
 * A connection that breaks may have broken after the issuer exchanged the refresh token. The same request again, soon, is
 * what it can recognise as a repeat; the same token much later is what a thief would send.
 */
const TRY_AGAIN_MILLISECONDS = [300, 1500];

type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Asks the token endpoint (RFC 6749 §3.2). @throws AuthError: `network_error`, `server_error`, or the issuer's own code */
export async function askTokenEndpoint(
  { token_endpoint: url }: Metadata,
  fields: Fields,
  prover: Prover | undefined,
): Promise<TokenAnswer> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value ?? []].flat()) body.append(name, one);
  }
  const post = async () => {
    const headers = prover === undefined ? {} : { dpop: await prover.proof('POST', url) };
    return fetch(url, { method: 'POST', body, headers, credentials: 'omit' });
  };
  const response = await persistently(async () => {
    const first = await post();
    // RFC 9449 §8: the answer brings the nonce that the next proof must have.
    return prover?.learnNonce(first) === true && first.status === 400 ? post() : first;
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok && typeof answer.access_token === 'string') return answer;
  // RFC 6749 §5.2 is a 400 or a 401. Anything else says nothing about the token.
  if (response.status >= 500 || response.status === 429 || typeof answer.error !== 'string') {
    throw new AuthError('server_error');
  }
  throw new AuthError(answer.error, answer.error_description);
}

async function persistently(work: () => Promise<Response>): Promise<Response> {
  for (const delay of [...TRY_AGAIN_MILLISECONDS, undefined]) {
    try {
      return await work();
    } catch (cause) {
      if (delay === undefined) throw new AuthError('network_error', undefined, cause);
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
  throw new AuthError('network_error');
}

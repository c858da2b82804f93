import { AuthError } from './auth-error.ts';
import { readChallenge } from './challenge.ts';
import type { Prover } from './dpop.ts';
import type { StepUp } from './options.ts';
import type { Session } from './session.ts';

export interface AuthorizedFetchDeps {
  session: Session;
  prover: Prover | undefined;
  apis: readonly string[];
  /** Never returns when it takes the person away. @throws AuthError */
  stepUp(demand: StepUp): Promise<never>;
}

/** A token that is newer than this was not refused for its age. */
const FRESH_MILLISECONDS = 5_000;

/** `fetch` with the access token. Once more where a newer token, or a nonce in the proof, is what the API wants. */
export function authorizedFetch({ session, prover, apis, stepUp }: AuthorizedFetchDeps): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    if (![location.origin, ...apis].some((api) => isUnder(request.url, api))) throw new AuthError('api_not_listed');
    let tokens = await session.usable();
    const attempt = async () => {
      // A body can be read once; the original keeps it for another attempt.
      const { headers } = request;
      headers.set('authorization', `${tokens.type} ${tokens.accessToken}`);
      if (prover !== undefined)
        headers.set('dpop', await prover.proof(request.method, request.url, tokens.accessToken));
      return fetch(request.clone());
    };
    let response = await attempt();
    let challenge = readChallenge(response);
    const nonceIsNew = prover?.learnNonce(response) === true;
    if (response.status === 401 && challenge.stepUp === undefined) {
      const wantsNonce = nonceIsNew && challenge.error === 'use_dpop_nonce';
      if (!wantsNonce && Date.now() - tokens.issuedAt < FRESH_MILLISECONDS) return response;
      if (!wantsNonce) tokens = await session.usable({ fresh: true });
      response = await attempt();
      challenge = readChallenge(response);
    }
    return challenge.stepUp === undefined ? response : stepUp(challenge.stepUp);
  };
}

/** The same origin, and the same path or one below it. */
function isUnder(address: string, api: string): boolean {
  const { origin, pathname } = new URL(address);
  const place = new URL(api);
  const folder = place.pathname.replace(/\/?$/, '/');
  return origin === place.origin && `${pathname}/`.startsWith(folder);
}

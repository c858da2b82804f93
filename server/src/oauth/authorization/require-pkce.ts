import type { Client } from '../clients/client-directory.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import { mayOmitPkce, NO_CHALLENGE } from '../profiles/may-omit-pkce.ts';
import { established } from '../protocol/endpoint.ts';
import { type Params, param } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';

/** The base64url of a SHA-256, as RFC 7636 §4.2 makes it. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** Shorter ones of libraries are counters or times, which others can guess. */
const NONCE_LENGTH_MIN = 16;

/** RFC 9700 §2.1.1, for confidential clients as well: it also stops code injection. */
export function requirePkce(context: AuthorizationContext): undefined {
  const { params } = context.request;
  const challenge = param(params, 'code_challenge');
  if (challenge === undefined) {
    demandNonceInstead(established(context, 'client'), params);
    context.codeChallenge = NO_CHALLENGE;
    return;
  }
  // RFC 7636 §4.3: left out, the method is `plain`.
  if (param(params, 'code_challenge_method') !== 'S256') throw oauthErrors.pkce_method_refused();
  if (!CHALLENGE.test(challenge)) {
    throw oauthErrors.parameter_malformed({
      message: 'code_challenge must be the base64url of a SHA-256: 43 characters (RFC 7636 section 4.2).',
    });
  }
  context.codeChallenge = challenge;
}

/** OAuth 2.1 §7.5.1.1: a nonce ties the id token, and with it the code, to the browser that asked. */
function demandNonceInstead(client: Client, params: Params): void {
  if (!mayOmitPkce(client)) throw oauthErrors.pkce_required();
  const nonce = param(params, 'nonce') ?? '';
  if (nonce.length >= NONCE_LENGTH_MIN && readScope(param(params, 'scope')).includes('openid')) return;
  throw oauthErrors.pkce_required({
    message: `This client may leave PKCE out only with the scope openid and a nonce of ${NONCE_LENGTH_MIN} characters or more. Send a nonce and check it in the id token, or send code_challenge (RFC 7636).`,
  });
}

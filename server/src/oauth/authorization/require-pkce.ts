import { oauthErrors } from '../errors.ts';
import { param } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';

/** The base64url of a SHA-256, as RFC 7636 §4.2 makes it. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** RFC 9700 §2.1.1, for confidential clients as well: it also stops code injection. */
export function requirePkce(context: AuthorizationContext): undefined {
  const { params } = context.request;
  const challenge = param(params, 'code_challenge');
  if (challenge === undefined) throw oauthErrors.pkce_required();
  // RFC 7636 §4.3: left out, the method is `plain`.
  if (param(params, 'code_challenge_method') !== 'S256') throw oauthErrors.pkce_method_refused();
  if (!CHALLENGE.test(challenge)) {
    throw oauthErrors.parameter_malformed({
      message: 'code_challenge must be the base64url of a SHA-256: 43 characters (RFC 7636 section 4.2).',
    });
  }
  context.codeChallenge = challenge;
}

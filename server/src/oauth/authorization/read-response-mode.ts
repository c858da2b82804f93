import { oauthErrors } from '../errors.ts';
import { established } from '../protocol/endpoint.ts';
import { param } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';
import { isResponseMode, RESPONSE_MODE_NAMES } from './response-modes.ts';

/** OAuth 2.0 Multiple Response Types §2.1; ASVS 10.4.12: of those, a client may be held to the ones it needs. */
export function readResponseMode(context: AuthorizationContext): undefined {
  const mode = param(context.request.params, 'response_mode') ?? 'query';
  const allowed = established(context, 'client').spec.responseModes ?? RESPONSE_MODE_NAMES;
  if (!isResponseMode(mode) || !allowed.includes(mode)) {
    throw oauthErrors.response_mode_unsupported({ message: `response_mode must be one of ${allowed.join(', ')}.` });
  }
  context.responseMode = mode;
}

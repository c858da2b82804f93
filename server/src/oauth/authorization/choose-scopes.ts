import { chooseTarget } from '../clients/choose-target.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import { established } from '../protocol/endpoint.ts';
import { param, paramsNamed } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';

/** As long as a nonce of any library, and it ends up in the id token. */
const NONCE_LENGTH_MAX = 512;

/** RFC 6749 §3.3 and RFC 8707 §2.1: which API, and what there. */
export function chooseScopes(context: AuthorizationContext): undefined {
  const { deps, request } = context;
  if ((param(request.params, 'nonce')?.length ?? 0) > NONCE_LENGTH_MAX) {
    throw oauthErrors.parameter_malformed({ message: `nonce may have at most ${NONCE_LENGTH_MAX} characters.` });
  }
  context.target = chooseTarget(
    deps.clients,
    established(context, 'client'),
    { resources: paramsNamed(request.params, 'resource'), scopes: readScope(param(request.params, 'scope')) },
    true,
  );
}

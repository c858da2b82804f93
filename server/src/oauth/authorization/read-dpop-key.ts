import { oauthErrors } from '../errors.ts';
import { param } from '../protocol/read-params.ts';
import { isThumbprint } from '../tokens/confirmation.ts';
import type { AuthorizationContext } from './context.ts';

/** RFC 9449 §10: the code is bound to the key from the beginning, so that a stolen one is of no use without. */
export function readDpopKey(context: AuthorizationContext): undefined {
  const jkt = param(context.request.params, 'dpop_jkt');
  if (jkt === undefined) return;
  if (!isThumbprint(jkt)) {
    throw oauthErrors.parameter_malformed({ message: 'dpop_jkt must be the SHA-256 thumbprint of a key (RFC 7638).' });
  }
  // §10.1: a proof that came with the pushed request and the parameter in it must speak of one key.
  if (context.dpopJkt !== undefined && context.dpopJkt !== jkt) {
    throw oauthErrors.parameter_malformed({ message: 'dpop_jkt differs from the key of the DPoP proof.' });
  }
  context.dpopJkt = jkt;
}

import { oauthErrors } from '../errors.ts';
import { PROFILES } from '../profiles/profile.ts';
import { established } from '../protocol/endpoint.ts';
import { param } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';
import { REQUEST_URI_PREFIX, takePushedRequest } from './pushed-requests.ts';
import { provenMoment } from './sign-in-proof.ts';

/** RFC 9126 §4: the request is what the client pushed, and nothing that the browser brings beside it. */
export async function takeUpPushedRequest(context: AuthorizationContext): Promise<undefined> {
  const { deps, request, sent } = context;
  const client = established(context, 'client');
  const requestUri = param(request.params, 'request_uri');
  // §2.1: what is pushed may not point elsewhere, neither at what was pushed nor at an address of the client's.
  if (context.isPushing === true && requestUri !== undefined) throw oauthErrors.request_uri_invalid();
  if (requestUri?.startsWith(REQUEST_URI_PREFIX) !== true) {
    const demanded = client.spec.pushedRequestsOnly === true || PROFILES[client.profile].pushedRequests;
    if (demanded && context.isPushing !== true) throw oauthErrors.pushed_request_required();
    return;
  }
  const isBack = provenMoment(deps.keyring, sent.params, deps.clock.now()) !== undefined;
  const { hash, params, dpopJkt } = await takePushedRequest(deps, client, requestUri, isBack);
  context.pushed = { hash };
  context.dpopJkt = dpopJkt;
  context.request = { ...request, params };
}

import type { DemandProofDeps } from '../dpop/demand-proof.ts';
import { demandProof } from '../dpop/demand-proof.ts';
import { oauthErrors } from '../errors.ts';
import type { Sender } from '../grants/sender.ts';
import { certificateThumbprint } from '../jwt/public-key.ts';
import { demandConfirmation } from '../profiles/demand-profile.ts';
import { PROFILES } from '../profiles/profile.ts';
import { established } from '../protocol/endpoint.ts';
import type { ClientContext, ClientEndpointDeps } from './client-endpoint.ts';
import { addressOf } from './paths.ts';

export interface SenderContext extends ClientContext {
  deps: ClientEndpointDeps & DemandProofDeps;
  sender?: Sender;
}

/**
 * What the tokens will be bound to: the key of a DPoP proof, whoever sends one (RFC 9449 §5), or the certificate of a
 * client that declares so (RFC 8705 §3). A client that must bind its tokens gets none without.
 */
export function establishSender(context: SenderContext): undefined | Promise<undefined> {
  const { request } = context;
  const client = established(context, 'client');
  const { spec } = client;
  const { secretId } = established(context, 'authentication');
  if (request.dpop !== undefined && request.dpop.length > 0) return bindToKey(context, request.dpop);
  if (spec.senderConstraint === 'dpop') throw oauthErrors.dpop_proof_missing();
  const confirmation = spec.senderConstraint === 'mtls' ? certificateOf(context) : undefined;
  demandConfirmation(client, confirmation);
  context.sender = { secretId, confirmation, address: request.ip };
}

async function bindToKey(context: SenderContext, headers: readonly string[]): Promise<undefined> {
  const { deps, request } = context;
  const { profile, spec } = established(context, 'client');
  const { signatureAlgs: algs, nonces: nonceRequired } = PROFILES[profile];
  // A token has one confirmation; a client that declared its certificate is not bound to a key that anyone may make.
  if (spec.senderConstraint === 'mtls') throw oauthErrors.dpop_proof_invalid({ message: BOUND_BY_CERTIFICATE });
  const address = addressOf(deps.issuers, request.tenantId, 'token');
  // So that the next proof can hold one, whether this one is good or not (RFC 9449 §8.2).
  context.responseHeaders = { 'dpop-nonce': deps.nonces.current(request.tenantId) };
  const { tenantId } = request;
  const jkt = await demandProof(deps, {
    tenantId,
    headers,
    request: { method: 'POST', ...address },
    algs,
    nonceRequired,
  });
  const { secretId } = established(context, 'authentication');
  context.sender = { secretId, confirmation: { jkt }, address: request.ip };
}

const BOUND_BY_CERTIFICATE =
  'The client declares senderConstraint: mtls. Leave the DPoP header out, or change the client.';

function certificateOf({ request }: SenderContext) {
  if (request.certificate === undefined) throw oauthErrors.certificate_missing();
  return { 'x5t#S256': certificateThumbprint(request.certificate) };
}

import type { Clock } from '#base';
import type { Alg } from '#keyring';
import type { Store } from '#store';
import { oauthErrors } from '../errors.ts';
import { useOnce } from '../replay/use-once.ts';
import { checkProof, type ProvenRequest } from './check-proof.ts';
import type { Nonces } from './nonces.ts';

export interface DemandProofDeps {
  store: Pick<Store, 'transaction'>;
  nonces: Nonces;
  clock: Clock;
}

export interface ProofDemand {
  tenantId: string;
  /** The DPoP headers as they came. */
  headers: readonly string[];
  request: ProvenRequest;
  algs: readonly Alg[];
  /** Must it hold a nonce of ours? One that it holds is always looked at. */
  nonceRequired: boolean;
}

/**
 * A proof for one of the issuer's own endpoints (RFC 9449 §4.3), good once in all processes.
 * @returns the key's thumbprint. @throws `dpop_proof_invalid`, `dpop_nonce_required`.
 */
export async function demandProof(deps: DemandProofDeps, demand: ProofDemand): Promise<string> {
  const { tenantId, headers, request, algs, nonceRequired } = demand;
  const [text, ...others] = headers;
  if (text === undefined || others.length > 0) throw invalid('send exactly one DPoP header');
  const check = checkProof(text, request, algs, deps.clock.now());
  if (!check.ok) throw invalid(check.problem);
  const { jkt, jti, nonce, expiresAt } = check.proof;
  if (nonce === undefined ? nonceRequired : !deps.nonces.isGood(tenantId, nonce)) {
    throw oauthErrors.dpop_nonce_required();
  }
  const first = await useOnce(deps.store, { tenantId, purpose: 'dpop_proof', id: `${jkt} ${jti}`, expiresAt });
  if (!first) throw invalid('it was used before (jti); make a new one for each request');
  return jkt;
}

function invalid(problem: string) {
  return oauthErrors.dpop_proof_invalid({
    message: `The DPoP proof was refused: ${problem} (RFC 9449 section 4.3).`,
  });
}

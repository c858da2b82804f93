import { AuthError } from './auth-error.ts';
import { createDpopNonces } from './dpop-nonces.ts';
import { checkDpopProof, type DpopProof } from './dpop-proof.ts';
import type { PresentedRequest } from './presented.ts';
import { createUsedProofs, ProofMemoryFull } from './used-proofs.ts';
import type { CheckedOptions } from './verifier-options.ts';

/** The proof that comes with a token under the DPoP scheme (RFC 9449 §7), with what needs memory. */
export function createDpopCheck({ dpop, now }: Pick<CheckedOptions, 'dpop' | 'now'>) {
  const used = dpop?.usedProofs ?? createUsedProofs(now);
  const wanted = dpop?.nonces ?? false;
  const nonces = wanted === false ? undefined : createDpopNonces(wanted === true ? undefined : wanted, now);

  return {
    async check(request: PresentedRequest, accessToken: string): Promise<DpopProof> {
      const { method, url } = request;
      const proof = await checkDpopProof(request.header('dpop'), { method, url, accessToken }, now());
      if (nonces !== undefined && !(await nonces.accepts(proof.nonce))) {
        throw new AuthError('dpop_nonce_required', { dpopNonce: await nonces.current() });
      }
      return proof;
    },
    async takeOnce({ jkt, jti, expiresAt }: DpopProof): Promise<void> {
      const first = await firstUse(`${jkt} ${jti}`, expiresAt);
      if (!first) {
        throw new AuthError('dpop_proof_invalid', {
          message: 'The DPoP proof was refused: it was used before (jti). Make a new one for each request.',
        });
      }
    },
  };

  async function firstUse(id: string, expiresAt: number): Promise<boolean> {
    try {
      return await used.takeOnce(id, expiresAt);
    } catch (cause) {
      throw new AuthError(cause instanceof ProofMemoryFull ? 'too_many_proofs' : 'issuer_unavailable', { cause });
    }
  }
}

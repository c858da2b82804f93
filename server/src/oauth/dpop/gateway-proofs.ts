import type { Alg } from '#keyring';
import { checkProof, type DpopProof, type ProvenRequest } from './check-proof.ts';

/** DPoP where nothing may wait for the database: at the gateway. */
export interface GatewayProofs {
  /** For `WWW-Authenticate: DPoP algs="..."` (RFC 9449 §7.1). */
  readonly algs: string;
  /** Everything that can be told from the proof alone. Changes nothing. `now` in milliseconds. */
  check(
    text: string,
    request: ProvenRequest,
    now: number,
  ): { ok: true; proof: DpopProof } | { ok: false; problem: string };
  /** True for whoever comes first with it, in this process. To be asked once all else is well. */
  firstUse(proof: DpopProof, now: number): boolean;
}

/**
 * Proofs remembered, about 200 bytes each. Above that the oldest are forgotten and could be used again until they are a
 * minute old: 3,300 requests a second by DPoP in one process (ADR 0017).
 */
const REMEMBERED_MAX = 200_000;

export function createGatewayProofs(algs: readonly Alg[], rememberedMax: number = REMEMBERED_MAX): GatewayProofs {
  /** In the order of their first use, with when they may be forgotten. */
  const used = new Map<string, number>();
  return {
    algs: algs.join(' '),
    check: (text, request, now) => checkProof(text, request, algs, now),
    firstUse({ jkt, jti, expiresAt }, now) {
      const key = `${jkt} ${jti}`;
      if (used.has(key)) return false;
      for (const [oldest, until] of used) {
        if (until > now && used.size < rememberedMax) break;
        used.delete(oldest);
      }
      used.set(key, expiresAt);
      return true;
    },
  };
}

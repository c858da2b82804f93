import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { sha256 } from '../verify/digest.ts';

/** Makes DPoP proofs (RFC 9449 §4.2) with a key that can not be read out of this process. */
export interface DpopKey {
  proofFor(request: { method: string; url: string; accessToken?: string }): Promise<string>;
  /** Remembers the nonce that a server wants in the next proof (RFC 9449 §8 and §9). @returns whether it was a new one. */
  learnNonce(url: string, nonce: string | null): boolean;
}

const ORIGINS_MAX = 100;
const NONCE_LENGTH_MAX = 256;

export function createDpopKey(now: () => number): DpopKey {
  let pair: Promise<{ privateKey: CryptoKey; jwk: JWK }> | undefined;
  const nonces = new Map<string, string>();

  async function make(): Promise<{ privateKey: CryptoKey; jwk: JWK }> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: false });
    return { privateKey, jwk: await exportJWK(publicKey) };
  }

  return {
    async proofFor({ method, url, accessToken }) {
      pair ??= make();
      const { privateKey, jwk } = await pair;
      const { origin, pathname } = new URL(url);
      const nonce = nonces.get(origin);
      return new SignJWT({
        jti: crypto.randomUUID(),
        htm: method,
        htu: `${origin}${pathname}`,
        ...(nonce === undefined ? {} : { nonce }),
        ...(accessToken === undefined ? {} : { ath: await sha256(accessToken) }),
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .setIssuedAt(Math.floor(now() / 1000))
        .sign(privateKey);
    },
    learnNonce(url, nonce) {
      const { origin } = new URL(url);
      if (nonce === null || nonce.length > NONCE_LENGTH_MAX || nonces.get(origin) === nonce) return false;
      if (nonces.size >= ORIGINS_MAX) nonces.clear();
      nonces.set(origin, nonce);
      return true;
    },
  };
}

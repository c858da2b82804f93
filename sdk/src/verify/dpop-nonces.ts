import { base64url } from 'jose';

/** Nonces that a proof must carry (RFC 9449 §9): proofs can then not be made long before they are used. */
export interface DpopNonces {
  current(): Promise<string>;
  accepts(nonce: string | undefined): Promise<boolean>;
}

const WINDOW_MILLISECONDS = 120_000;
const encoder = new TextEncoder();

/** A MAC of the time, so that processes with the same secret accept each other's, and nothing is remembered. */
export function createDpopNonces(secret: string | undefined, now: () => number): DpopNonces {
  const bytes = secret === undefined ? crypto.getRandomValues(new Uint8Array(32)) : encoder.encode(secret);
  const key = crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const nonceOf = async (window: number) => {
    const mac = await crypto.subtle.sign('HMAC', await key, encoder.encode(`dpop nonce ${window}`));
    return base64url.encode(new Uint8Array(mac).slice(0, 18));
  };
  const window = () => Math.floor(now() / WINDOW_MILLISECONDS);
  return {
    current: () => nonceOf(window()),
    async accepts(nonce) {
      // The one before is good for as long again: who got it at the end of its time can still use it.
      return nonce !== undefined && (nonce === (await nonceOf(window())) || nonce === (await nonceOf(window() - 1)));
    },
  };
}

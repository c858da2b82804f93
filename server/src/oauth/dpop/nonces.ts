import { type Clock, equalSecrets } from '#base';
import type { Keyring } from '#keyring';

/** RFC 9449 §8: a text of ours in the proof shows that it was made now, and not stored up by who once had the key. */
export interface Nonces {
  /** To be sent as `DPoP-Nonce`. */
  current(tenantId: string): string;
  isGood(tenantId: string, nonce: string): boolean;
}

/** A nonce is handed out for so long and good for twice as long. */
const PERIOD_MILLISECONDS = 120_000;

/** Made from the time and a key that all processes share: nothing is stored, and every process knows every nonce. */
export function createNonces({ keyring, clock }: { keyring: Pick<Keyring, 'mac'>; clock: Clock }): Nonces {
  const nonceOf = (tenantId: string, period: number) =>
    keyring.mac('dpop nonce', `${tenantId} ${period}`).toString('base64url').slice(0, 32);
  const period = () => Math.floor(clock.now() / PERIOD_MILLISECONDS);
  return {
    current: (tenantId) => nonceOf(tenantId, period()),
    isGood: (tenantId, nonce) =>
      equalSecrets(nonce, nonceOf(tenantId, period())) || equalSecrets(nonce, nonceOf(tenantId, period() - 1)),
  };
}

import type { JWK } from 'jose';
import type { Clock } from '#base';
import type { Keyring } from '#keyring';
import { RecentCache } from '../tokens/recent-cache.ts';
import { CONTENT_ENCRYPTIONS } from './encryption-key.ts';
import type { EncryptionSalts } from './encryption-salts.ts';
import { type PeriodKey, periodKey, periodOf, REQUEST_ENCRYPTION_ALGS } from './period-key.ts';

/** How a client declares that it encrypts, where it does. */
export interface DeclaredEncryption {
  alg: string;
  enc: string;
}

/** Of what clients encrypt to us (RFC 9101 §6.1): by our published key, to be read for some weeks. */
export interface RequestEncryption {
  /** The public key (`use: enc`) to encrypt to now. */
  publicKey(tenantId: string): JWK;
  /**
   * The content of a JWE in compact form; undefined when none of our keys opens it, or it is encrypted in another way than
   * the client declares. Bounded by its caller.
   */
  decrypt(tenantId: string, jwe: string, declared?: DeclaredEncryption): Promise<string | undefined>;
}

const KEYS_MAX = 3_000;

/**
 * Keys are derived from the key ring, one for each tenant and period, as those of opaque tokens are (ADR 21): there is no
 * row to rotate, every process knows the same, and the next one is there when its time comes. One that may have become
 * known is replaced by a salt.
 */
export function createRequestEncryption({
  keyring,
  clock,
  salts,
}: {
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
  salts: Pick<EncryptionSalts, 'current' | 'reading'>;
}): RequestEncryption {
  const keys = new RecentCache<PeriodKey>(KEYS_MAX);
  const keyOf = (tenantId: string, period: number, salt: string): PeriodKey => {
    const name = `${tenantId} ${period} ${salt}`;
    const known = keys.get(name);
    if (known !== undefined) return known;
    const made = periodKey(keyring, { tenantId, period, salt });
    keys.set(name, made);
    return made;
  };
  return {
    publicKey: (tenantId) => keyOf(tenantId, periodOf(clock.now()), salts.current(tenantId)).jwk,
    async decrypt(tenantId, jwe, declared) {
      const now = clock.now();
      const period = periodOf(now);
      // The newest first. Clocks of our own processes may differ, so the next period may have begun elsewhere.
      const held = salts
        .reading(tenantId, now)
        .flatMap((salt) => [period, period - 1, period + 1].map((each) => keyOf(tenantId, each, salt)));
      const { compactDecrypt, decodeProtectedHeader } = await import('jose');
      try {
        const { kid, zip } = decodeProtectedHeader(jwe);
        // What unpacks can unpack to anything.
        const key = kid === undefined ? held[0] : held.find((each) => each.kid === kid);
        if (key === undefined || zip !== undefined) return undefined;
        const { plaintext } = await compactDecrypt(jwe, key.privateKey, {
          keyManagementAlgorithms: declared === undefined ? [...REQUEST_ENCRYPTION_ALGS] : [declared.alg],
          contentEncryptionAlgorithms: declared === undefined ? [...CONTENT_ENCRYPTIONS] : [declared.enc],
        });
        return Buffer.from(plaintext).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

import { createECDH, createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import type { Clock } from '#base';
import type { Keyring } from '#keyring';
import { RecentCache } from '../tokens/recent-cache.ts';
import { CONTENT_ENCRYPTIONS } from './encryption-key.ts';

/** Of what clients encrypt to us (RFC 9101 §6.1): by our published key, to be read for some weeks. */
export interface RequestEncryption {
  /** The public key (`use: enc`) to encrypt to now. */
  publicKey(tenantId: string): JWK;
  /** The content of a JWE in compact form; undefined when none of our keys opens it. Bounded by its caller. */
  decrypt(tenantId: string, jwe: string): Promise<string | undefined>;
}

/** Both on the published P-256 key. RSA would be a key to keep, and to lose. */
export const REQUEST_ENCRYPTION_ALGS = ['ECDH-ES', 'ECDH-ES+A256KW'] as const;

/** A key is published for so long, and reads for as long again. */
const PERIOD_MILLISECONDS = 30 * 86_400_000;
const KEYS_MAX = 3_000;
const CURVE = 'prime256v1';
const COORDINATE_BYTES = 32;
/** Order of P-256 (NIST SP 800-186 §3.2.1.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

interface PeriodKey {
  kid: string;
  privateKey: KeyObject;
  jwk: JWK;
}

/**
 * Keys are derived from the key ring, one for each tenant and period, as those of opaque tokens are (ADR 21): there is no
 * row to rotate, every process knows the same, and the next one is there when its time comes.
 */
export function createRequestEncryption({
  keyring,
  clock,
}: {
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
}): RequestEncryption {
  const keys = new RecentCache<PeriodKey>(KEYS_MAX);
  const keyOf = (tenantId: string, period: number): PeriodKey => {
    const name = `${tenantId} ${period}`;
    const known = keys.get(name);
    if (known !== undefined) return known;
    const made = deriveKey((part) => keyring.mac('request object encryption', `${name} ${part}`));
    keys.set(name, made);
    return made;
  };
  const current = () => Math.floor(clock.now() / PERIOD_MILLISECONDS);
  return {
    publicKey: (tenantId) => keyOf(tenantId, current()).jwk,
    async decrypt(tenantId, jwe) {
      const now = current();
      // The newest first. Clocks of our own processes may differ, so the next period may have begun elsewhere.
      const held = [now, now - 1, now + 1].map((period) => keyOf(tenantId, period));
      const { compactDecrypt, decodeProtectedHeader } = await import('jose');
      try {
        const { kid, zip } = decodeProtectedHeader(jwe);
        // What unpacks can unpack to anything.
        const key = kid === undefined ? held[0] : held.find((each) => each.kid === kid);
        if (key === undefined || zip !== undefined) return undefined;
        const { plaintext } = await compactDecrypt(jwe, key.privateKey, {
          keyManagementAlgorithms: [...REQUEST_ENCRYPTION_ALGS],
          contentEncryptionAlgorithms: [...CONTENT_ENCRYPTIONS],
        });
        return Buffer.from(plaintext).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

function deriveKey(secret: (part: number) => Buffer): PeriodKey {
  // Twice as many bits as needed, so that no scalar is likelier than another (FIPS 186-5 §A.2.1).
  const bits = BigInt(`0x${Buffer.concat([secret(1), secret(2)]).toString('hex')}`);
  const d = Buffer.from(((bits % (ORDER - 1n)) + 1n).toString(16).padStart(2 * COORDINATE_BYTES, '0'), 'hex');
  const ecdh = createECDH(CURVE);
  ecdh.setPrivateKey(d);
  // Uncompressed (SEC 1 §2.3.3): one byte, x, y.
  const point = ecdh.getPublicKey();
  const x = point.subarray(1, 1 + COORDINATE_BYTES).toString('base64url');
  const y = point.subarray(1 + COORDINATE_BYTES).toString('base64url');
  const key = { kty: 'EC', crv: 'P-256', x, y };
  // RFC 7638 §3: the members in the order of their names.
  const canonical = JSON.stringify({ crv: key.crv, kty: key.kty, x, y });
  const kid = `enc_${createHash('sha256').update(canonical).digest('base64url').slice(0, 22)}`;
  const privateKey = createPrivateKey({ key: { ...key, d: d.toString('base64url') }, format: 'jwk' });
  return { kid, privateKey, jwk: { ...key, kid, use: 'enc', alg: REQUEST_ENCRYPTION_ALGS[0] } };
}

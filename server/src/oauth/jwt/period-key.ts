import { createECDH, createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import type { Keyring } from '#keyring';

/** Both on the published P-256 key. RSA would be a key to keep, and to lose. */
export const REQUEST_ENCRYPTION_ALGS = ['ECDH-ES', 'ECDH-ES+A256KW'] as const;

/** A key is published for so long, and reads for as long again. */
const PERIOD_MILLISECONDS = 30 * 86_400_000;
const CURVE = 'prime256v1';
const COORDINATE_BYTES = 32;
/** Order of P-256 (NIST SP 800-186 §3.2.1.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

export interface PeriodKey {
  kid: string;
  privateKey: KeyObject;
  jwk: JWK;
}

/** `now` in milliseconds. */
export const periodOf = (now: number): number => Math.floor(now / PERIOD_MILLISECONDS);

/** The key of a tenant for a period, derived from the key ring, and from a salt once it was replaced (ADR 47, ADR 61). */
export function periodKey(
  keyring: Pick<Keyring, 'mac'>,
  { tenantId, period, salt }: { tenantId: string; period: number; salt: string },
): PeriodKey {
  const name = salt === '' ? `${tenantId} ${period}` : `${tenantId} ${period} ${salt}`;
  return deriveKey((part) => keyring.mac('request object encryption', `${name} ${part}`));
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

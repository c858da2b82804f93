import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { LIMITS, type Random } from '#base';
import type { Keyring } from '#keyring';

/**
 * Access tokens that say nothing to whoever holds them, and everything to us: the claims, sealed. Nothing is stored and
 * nothing is looked up, so every gateway verifies one from memory, and the revocation list ends it as it ends a JWT.
 * See docs/adr/0021-opaque-access-tokens.md.
 */
export interface OpaqueTokens {
  /** `now` in milliseconds. */
  seal(claims: object, now: number): string;
  /** The claims and the key that opened them; undefined when the text is none of ours, was altered, or is too old. */
  open(text: string, now: number): { claims: Record<string, unknown>; key: KeyObject } | undefined;
}

export const OPAQUE_TOKEN_PREFIX = 'gh_at_';
const VERSION = 1;
/** One version, four bytes for the hour, the nonce. */
const HEAD_BYTES = 17;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HOUR_MILLISECONDS = 3_600_000;
/** The longest-lived token, and the hour that it was begun in. */
const HOURS_MAX = 25;

/**
 * AES-256-GCM under a key of its own for each hour, derived from the key ring: a random nonce is safe for 2^32 values
 * under one key (NIST SP 800-38D §8.3), which twenty thousand tokens a second stay sixty times below in an hour.
 */
export function createOpaqueTokens({
  keyring,
  random,
}: {
  keyring: Pick<Keyring, 'mac'>;
  random: Random;
}): OpaqueTokens {
  const keys = new Map<number, KeyObject>();
  const keyOf = (hour: number): KeyObject => {
    let key = keys.get(hour);
    if (key === undefined) {
      key = createSecretKey(keyring.mac('opaque access tokens', String(hour)));
      for (const old of keys.keys()) if (old < hour - HOURS_MAX) keys.delete(old);
      keys.set(hour, key);
    }
    return key;
  };
  return {
    seal(claims, now) {
      const hour = Math.floor(now / HOUR_MILLISECONDS);
      const head = Buffer.alloc(HEAD_BYTES);
      head[0] = VERSION;
      head.writeUInt32BE(hour, 1);
      random.bytes(NONCE_BYTES).copy(head, 5);
      const cipher = createCipheriv('aes-256-gcm', keyOf(hour), head.subarray(5), { authTagLength: TAG_BYTES });
      cipher.setAAD(head);
      const parts = [head, cipher.update(JSON.stringify(claims), 'utf8'), cipher.final(), cipher.getAuthTag()];
      return OPAQUE_TOKEN_PREFIX + Buffer.concat(parts).toString('base64url');
    },
    open(text, now) {
      const bytes = readBytes(text);
      if (bytes === undefined) return undefined;
      const hour = bytes.readUInt32BE(1);
      const current = Math.floor(now / HOUR_MILLISECONDS);
      // Clocks of our own processes may differ by seconds, so the next hour may have begun elsewhere.
      if (hour > current + 1 || hour < current - HOURS_MAX) return undefined;
      const key = keyOf(hour);
      const claims = decrypt(key, bytes);
      return claims === undefined ? undefined : { claims, key };
    },
  };
}

/** One text for one token: base64 has two spellings for most values, and the second is refused. */
function readBytes(text: string): Buffer | undefined {
  if (!text.startsWith(OPAQUE_TOKEN_PREFIX) || text.length > LIMITS.credentialLengthMax) return undefined;
  const body = text.slice(OPAQUE_TOKEN_PREFIX.length);
  const bytes = Buffer.from(body, 'base64url');
  const whole = bytes.length > HEAD_BYTES + TAG_BYTES && bytes[0] === VERSION && bytes.toString('base64url') === body;
  return whole ? bytes : undefined;
}

function decrypt(key: KeyObject, bytes: Buffer): Record<string, unknown> | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(5, HEAD_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(bytes.subarray(0, HEAD_BYTES));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES)), decipher.final()]);
    return JSON.parse(plain.toString('utf8'));
  } catch {
    return undefined;
  }
}

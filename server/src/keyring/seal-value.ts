import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import type { Random } from '#base';
import { decodeBase64url } from './base64url.ts';

/** Where a sealed value stands. Bound into it, so that it opens nowhere else. */
export interface SealedPlace {
  table: string;
  column: string;
  row: string;
}

const VERSION = 'v1';
/** 96 bits, the length GCM is made for (NIST SP 800-38D §8.2). */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM: `v1.<key id>.<iv>.<ciphertext and tag>`, the last two in base64url. The nonce is random: safe up to 2^32
 * values under one key (NIST SP 800-38D §8.3), which rotation of the data key stays far below.
 */
export function sealValue(
  key: { id: string; secret: KeyObject },
  random: Random,
  plaintext: string | Uint8Array,
  place: SealedPlace,
): string {
  const iv = random.bytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.secret, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(key.id, place));
  const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext;
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${key.id}.${iv.toString('base64url')}.${sealed.toString('base64url')}`;
}

/** The plain bytes, or undefined when the value is not one of ours, was altered, or stands in another place. */
export function openValue(
  keyById: (id: string) => KeyObject | undefined,
  sealed: string,
  place: SealedPlace,
): Buffer | undefined {
  const [version, keyId = '', ivText = '', bodyText = '', ...rest] = sealed.split('.', 5);
  const key = keyById(keyId);
  const iv = decodeBase64url(ivText);
  const body = decodeBase64url(bodyText);
  if (version !== VERSION || rest.length > 0 || key === undefined) return undefined;
  if (iv?.length !== IV_BYTES || body === undefined || body.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(keyId, place));
  decipher.setAuthTag(body.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** JSON keeps the parts apart: no table, column and row can be read as another three. */
function associatedData(keyId: string, { table, column, row }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([VERSION, keyId, table, column, row]));
}

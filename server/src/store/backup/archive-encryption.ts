import { createCipheriv, createDecipheriv, hkdfSync, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { storeErrors } from '../errors.ts';

/**
 * The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015), as age uses it: chunks under AES-256-GCM whose nonce
 * holds the chunk's number and whether it is the last, so that none can be changed, moved, dropped or cut off.
 * The key is fresh for each file (a random salt), so numbered nonces never repeat under one key.
 */
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const CIPHER = 'aes-256-gcm';
export const SALT_BYTES = 32;

/** OWASP's first choice for scrypt (N=2^17, r=8, p=1): half a second and 128 MiB for each guess. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

export interface ArchiveKeys {
  key: Buffer;
  /** Stands in the file's header: tells a wrong passphrase from a damaged file. */
  check: string;
}

export async function deriveKeys(passphrase: string, salt: Buffer): Promise<ArchiveKeys> {
  const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);
  const secret = await derive(passphrase.normalize('NFC'), salt, 32, SCRYPT);
  const part = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, salt, `gatehouse backup ${purpose}`, 32));
  return { key: part('encryption'), check: part('check').toString('base64url') };
}

export async function* encryptChunks(
  plain: AsyncIterable<Buffer>,
  { key }: ArchiveKeys,
  header: Buffer,
): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { chunk, last } of inChunks(plain, CHUNK_BYTES)) {
    const cipher = createCipheriv(CIPHER, key, nonce(number, last)).setAAD(header);
    yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
    number += 1;
  }
}

/** @throws `backup_damaged` before anything that is not authentic comes out. */
export async function* decryptChunks(
  sealed: AsyncIterable<Buffer>,
  { key }: ArchiveKeys,
  header: Buffer,
): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { chunk, last } of inChunks(sealed, CHUNK_BYTES + TAG_BYTES)) {
    if (chunk.byteLength < TAG_BYTES) throw storeErrors.backup_damaged({ cause: 'a chunk is too short' });
    const body = chunk.subarray(0, -TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, key, nonce(number, last)).setAAD(header);
    decipher.setAuthTag(chunk.subarray(-TAG_BYTES));
    try {
      yield Buffer.concat([decipher.update(body), decipher.final()]);
    } catch (cause) {
      throw storeErrors.backup_damaged({ cause });
    }
    number += 1;
  }
}

function nonce(number: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(NONCE_BYTES);
  bytes.writeUInt32BE(number, NONCE_BYTES - 5);
  bytes[NONCE_BYTES - 1] = last ? 1 : 0;
  return bytes;
}

/** Cuts a stream into chunks of `size`; the last one is marked, may be shorter, and exists even for an empty stream. */
async function* inChunks(
  source: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ chunk: Buffer; last: boolean }> {
  let pending = Buffer.alloc(0);
  for await (const piece of source) {
    pending = pending.byteLength === 0 ? (piece as Buffer<ArrayBuffer>) : Buffer.concat([pending, piece]);
    // A full chunk is held back until more comes: it could be the last.
    while (pending.byteLength > size) {
      yield { chunk: pending.subarray(0, size), last: false };
      pending = pending.subarray(size);
    }
  }
  yield { chunk: pending, last: true };
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, open, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { GatehouseError, type Random } from '#base';
import { storeErrors } from '../errors.ts';
import { type ArchiveKeys, decryptChunks, deriveKeys, encryptChunks, SALT_BYTES } from './archive-encryption.ts';
import { type Frame, readFrames, writeFrames } from './archive-frames.ts';

/** The first bytes of the file: a line people can read, then one line of JSON that says how to read the rest. */
const MAGIC = 'GATEHOUSE BACKUP\n';
const FORMAT = 1;
const HEADER_BYTES_MAX = 4096;
const DIGEST_BYTES = 32;

interface Header {
  format: number;
  compression: 'zstd';
  encryption?: { cipher: 'aes-256-gcm-stream'; kdf: 'scrypt'; salt: string; check: string };
}

/**
 * Writes the frames into one file that only its owner can read, and that appears under its name only when complete.
 * @throws `backup_destination_exists`.
 */
export async function writeArchive(
  { random }: { random: Random },
  path: string,
  frames: AsyncIterable<Frame>,
  passphrase?: string,
): Promise<void> {
  const salt = random.bytes(SALT_BYTES);
  const keys = passphrase === undefined ? undefined : await deriveKeys(passphrase, salt);
  const header = encodeHeader(salt, keys);
  // A name nobody can guess, and never a file that is there: in a folder of many, somebody could have laid a link.
  const draft = `${path}.${random.bytes(8).toString('hex')}.partial`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.write(header);
    const compressed = Readable.from(writeFrames(frames), { objectMode: false }).compose(createZstdCompress());
    const body = keys === undefined ? withDigest(compressed, header) : encryptChunks(compressed, keys, header);
    await pipeline(body, async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) await file.write(chunk);
    });
    await file.sync();
    // A link, as it refuses to replace what is there; a rename would not.
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw storeErrors.backup_destination_exists();
    throw error;
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}

export interface Archive {
  /** Hands the frames to `consume`, verified; rejects with `backup_damaged` when anything is wrong, also at the very end. */
  read(consume: (frames: AsyncIterable<Frame>) => Promise<void>): Promise<void>;
}

/** @throws `backup_damaged`, `backup_format_unknown`, `backup_passphrase_required`, `backup_passphrase_wrong`. */
export async function openArchive(path: string, passphrase?: string): Promise<Archive> {
  const { header, bytes } = await readHeader(path);
  const keys = await unlock(header, passphrase);
  const end = keys === undefined ? await verifyDigest(path) : Number.POSITIVE_INFINITY;
  return {
    read: async (consume) => {
      const sealed = createReadStream(path, { start: bytes.byteLength, end });
      const compressed: AsyncIterable<Buffer> = keys === undefined ? sealed : decryptChunks(sealed, keys, bytes);
      try {
        await pipeline(compressed, createZstdDecompress(), (plain: AsyncIterable<Buffer>) =>
          consume(readFrames(plain)),
        );
      } catch (error) {
        if (error instanceof GatehouseError || !isDecompressionError(error)) throw error;
        throw storeErrors.backup_damaged({ cause: error });
      }
    },
  };
}

/** An unencrypted file ends with the SHA-256 of all before it; an encrypted one is authenticated throughout. */
async function* withDigest(body: AsyncIterable<Buffer>, header: Buffer): AsyncGenerator<Buffer> {
  const hash = createHash('sha256').update(header);
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
  yield hash.digest();
}

/** Returns where the body ends. */
async function verifyDigest(path: string): Promise<number> {
  const { size } = await stat(path);
  const hash = createHash('sha256');
  const bodyEnd = Math.max(0, size - DIGEST_BYTES) - 1;
  for await (const chunk of createReadStream(path, { end: bodyEnd })) hash.update(chunk as Buffer);
  const digest = createReadStream(path, { start: bodyEnd + 1 });
  for await (const chunk of digest) {
    if (hash.digest().equals(chunk as Buffer)) return bodyEnd;
    break;
  }
  throw storeErrors.backup_damaged({ cause: 'the checksum differs' });
}

function encodeHeader(salt: Buffer, keys: ArchiveKeys | undefined): Buffer {
  const encryption = { cipher: 'aes-256-gcm-stream', kdf: 'scrypt', salt: salt.toString('base64url') } as const;
  const header: Header = {
    format: FORMAT,
    compression: 'zstd',
    ...(keys === undefined ? {} : { encryption: { ...encryption, check: keys.check } }),
  };
  return Buffer.from(`${MAGIC}${JSON.stringify(header)}\n`);
}

async function readHeader(path: string): Promise<{ header: Header; bytes: Buffer }> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES_MAX), 0, HEADER_BYTES_MAX, 0);
    const text = buffer.subarray(0, bytesRead);
    const end = text.indexOf('\n', MAGIC.length);
    if (!text.toString('latin1').startsWith(MAGIC) || end < 0) throw storeErrors.backup_format_unknown();
    const header = JSON.parse(text.toString('utf8', MAGIC.length, end)) as Header;
    if (header.format !== FORMAT || header.compression !== 'zstd') throw storeErrors.backup_format_unknown();
    return { header, bytes: text.subarray(0, end + 1) };
  } catch (error) {
    if (error instanceof SyntaxError) throw storeErrors.backup_format_unknown({ cause: error });
    throw error;
  } finally {
    await file.close();
  }
}

async function unlock({ encryption }: Header, passphrase: string | undefined): Promise<ArchiveKeys | undefined> {
  if (encryption === undefined) return undefined;
  if (passphrase === undefined) throw storeErrors.backup_passphrase_required();
  const keys = await deriveKeys(passphrase, Buffer.from(encryption.salt, 'base64url'));
  if (keys.check !== encryption.check) throw storeErrors.backup_passphrase_wrong();
  return keys;
}

function isDecompressionError(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code);
  return code.startsWith('ZSTD_') || code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/**
 * Entity tags of responses that differ by who asks: the service's own, with a mark for what was hidden. Most services make
 * them of a digest and the length of all that they send: who has the rest of it could try out what is hidden until the
 * digest fits. So where something is hidden a tag is encrypted, and only the gateway reads it again.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { equalSecrets } from '#base';
import type { Keyring } from '#keyring';

const MARK = '.gh-';
const TAG = /(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g;

const IV_BYTES = 16;
/** So that its length does not tell that of what it was made from. */
const BLOCK_BYTES = 32;
const OPAQUE_LENGTH_MAX = 512;

export interface TagPlace {
  /** What is hidden from whoever asks; empty when nothing is. */
  readonly mark: string;
  /** What the tag is of. Two resources with equal tags must not be known for equal. */
  readonly resource: string;
}

export interface EntityTags {
  /** As a caller gets it. Weak: the same data, though not the bytes that the service would have sent (RFC 9110 §8.8.1). */
  marked(tag: string, place: TagPlace): string | undefined;
  /**
   * The tags of If-None-Match or If-Match as the service knows them: those of representations as this caller would get one
   * now. Others are left out, so that nobody is told that he has what he has not. Undefined: none is left.
   */
  unmarked(tags: string, place: TagPlace): string | undefined;
}

/** The same in every process: a caller shows one of them what another gave him. */
export function createEntityTags({ keyring }: { keyring: Pick<Keyring, 'mac'> }): EntityTags {
  const keys = {
    iv: keyring.mac('entity tags of masked responses', 'iv'),
    cipher: keyring.mac('entity tags of masked responses', 'key'),
  };
  return {
    marked(tag, place) {
      if (place.mark === '') return tag;
      const [match] = tag.matchAll(TAG);
      const opaque = match?.[0] === tag ? (match[1] ?? '') : undefined;
      if (opaque === undefined || opaque.length > OPAQUE_LENGTH_MAX) return undefined;
      return `W/"${encrypted(keys, opaque, place)}${MARK}${place.mark}"`;
    },
    unmarked(tags, place) {
      if (tags.trim() === '*') return tags;
      const kept: string[] = [];
      for (const [whole, opaque = ''] of tags.matchAll(TAG)) {
        const at = opaque.lastIndexOf(MARK);
        if (place.mark === '') {
          if (at === -1) kept.push(whole);
        } else if (at !== -1 && opaque.slice(at + MARK.length) === place.mark) {
          const own = decrypted(keys, opaque.slice(0, at), place);
          if (own !== undefined) kept.push(`"${own}"`);
        }
      }
      return kept.length === 0 ? undefined : kept.join(', ');
    },
  };
}

interface Keys {
  iv: Buffer;
  cipher: Buffer;
}

/** With an IV that is the MAC of what it encrypts (as in SIV, RFC 5297 §2): equal tags give equal texts, and none can be made up. */
function encrypted(keys: Keys, opaque: string, place: TagPlace): string {
  const plain = Buffer.alloc(Math.max(1, Math.ceil(opaque.length / BLOCK_BYTES)) * BLOCK_BYTES);
  plain.write(opaque, 'latin1');
  const iv = ivOf(keys, plain, place);
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, iv);
  return Buffer.concat([iv, cipher.update(plain), cipher.final()]).toString('base64url');
}

function decrypted(keys: Keys, text: string, place: TagPlace): string | undefined {
  if (text.length > 2 * OPAQUE_LENGTH_MAX) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length <= IV_BYTES) return undefined;
  const iv = bytes.subarray(0, IV_BYTES);
  const decipher = createDecipheriv('aes-256-ctr', keys.cipher, iv);
  const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES)), decipher.final()]);
  if (!equalSecrets(ivOf(keys, plain, place).toString('hex'), iv.toString('hex'))) return undefined;
  const end = plain.indexOf(0);
  return plain.toString('latin1', 0, end === -1 ? plain.length : end);
}

function ivOf({ iv }: Keys, plain: Buffer, { mark, resource }: TagPlace): Buffer {
  const of = JSON.stringify([resource, mark]);
  return createHmac('sha256', iv).update(`${of.length} ${of}`).update(plain).digest().subarray(0, IV_BYTES);
}

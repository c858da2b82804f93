import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { equalSecrets } from '#base';
import type { Keyring } from '#keyring';
import type { Client } from '../clients/client-directory.ts';
import { RecentCache } from './recent-cache.ts';

/**
 * What a client calls a person or a session (OpenID Connect Core §8.1). To a client with `subjectType: pairwise` the ids
 * of its sector, which say nothing to any other sector; to all others the ids themselves. Nothing is stored: we alone can
 * read them back. See docs/adr/0031-pairwise-subjects.md.
 */
export interface PairwiseSubjects {
  /** The same for one id at one sector, always. */
  hide(client: Sector, kind: SubjectKind, id: string): string;
  /** The id again; undefined for what was not hidden for this sector. An id that was never hidden is itself. */
  reveal(client: Sector, kind: SubjectKind, text: string): string | undefined;
}

export type SubjectKind = 'subject' | 'session';
type Sector = Pick<Client, 'tenantId' | 'sector'>;

const PREFIX = 'pw_';
const IV_BYTES = 16;
const LENGTH_MAX = 512;
const SECTORS_MAX = 10_000;

interface Keys {
  iv: Buffer;
  cipher: Buffer;
}

/**
 * Encrypted with an IV that is the MAC of what it encrypts (the construction of SIV, RFC 5297 §2): equal ids give equal
 * texts, and nothing that was altered, or made for another sector, is read. Two keys for each tenant, sector and kind, derived from the
 * key ring, which is sealed: they are the salt of §8.1, and whoever has none of them can't try ids out.
 */
export function createPairwiseSubjects({ keyring }: { keyring: Pick<Keyring, 'mac'> }): PairwiseSubjects {
  const known = new RecentCache<Keys>(SECTORS_MAX);
  const keysOf = (tenantId: string, sector: string, kind: SubjectKind): Keys => {
    const name = JSON.stringify([tenantId, sector, kind]);
    let keys = known.get(name);
    if (keys === undefined) {
      keys = { iv: keyring.mac('pairwise subjects: iv', name), cipher: keyring.mac('pairwise subjects: key', name) };
      known.set(name, keys);
    }
    return keys;
  };
  return {
    hide({ tenantId, sector }, kind, id) {
      if (sector === undefined) return id;
      const keys = keysOf(tenantId, sector, kind);
      const iv = ivOf(keys, id);
      const cipher = createCipheriv('aes-256-ctr', keys.cipher, iv);
      return PREFIX + Buffer.concat([iv, cipher.update(id, 'utf8'), cipher.final()]).toString('base64url');
    },
    reveal({ tenantId, sector }, kind, text) {
      if (!text.startsWith(PREFIX)) return text;
      const bytes = Buffer.from(text.slice(PREFIX.length), 'base64url');
      if (sector === undefined || text.length > LENGTH_MAX || bytes.length <= IV_BYTES) return undefined;
      const keys = keysOf(tenantId, sector, kind);
      const iv = bytes.subarray(0, IV_BYTES);
      const decipher = createDecipheriv('aes-256-ctr', keys.cipher, iv);
      const id = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES)), decipher.final()]).toString('utf8');
      return equalSecrets(ivOf(keys, id), iv) ? id : undefined;
    },
  };
}

const ivOf = ({ iv }: Keys, id: string) => createHmac('sha256', iv).update(id).digest().subarray(0, IV_BYTES);

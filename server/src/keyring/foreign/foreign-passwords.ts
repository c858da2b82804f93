import { randomUUID } from 'node:crypto';
import type { Keyring } from '../open-keyring.ts';
import { hashPassword, passwordBytesMax, passwordWorkKib, runPasswordWork, verifyPassword } from '../passwords.ts';
import { argon2WorkKib } from './argon2.ts';
import { type ForeignHash, foreignHashSchema, verifyForeignHash } from './foreign-hash.ts';

/** Marks a hash that was made elsewhere; then the id that it is sealed for, and the sealed value. */
const IMPORTED = /^\$imported\$([0-9a-f-]{36})\$(.+)$/s;

const placeOf = (id: string) => ({ table: 'password_credentials', column: 'password_hash', row: id });

/**
 * What to store of a hash that was imported: as it is, and sealed. Some of these were fast to make, so that a stolen
 * table of them would be as good as the passwords (invariant 2); at the next sign-in argon2id takes their place.
 */
export function storeForeignHash(keyring: Pick<Keyring, 'seal'>, hash: ForeignHash): string {
  const id = randomUUID();
  return `$imported$${id}$${keyring.seal(JSON.stringify(hash), placeOf(id))}`;
}

export interface PasswordVerifier {
  hashPassword(password: string, lane?: string): Promise<string>;
  verifyPassword(stored: string, password: string, lane?: string): Promise<{ ok: boolean; rehash: boolean }>;
  /** How many wait for their turn. */
  waiting(): number;
}

/** Passwords of ours, and those that came with people from elsewhere. The same bounded queue does the work of both. */
export function openPasswords(keyring: Pick<Keyring, 'open'>): PasswordVerifier {
  return {
    hashPassword,
    waiting: runPasswordWork.waiting,
    async verifyPassword(stored, password, lane) {
      const [, id, sealed] = IMPORTED.exec(stored) ?? [];
      if (id === undefined || sealed === undefined) return verifyPassword(stored, password, lane);
      const bytes = Buffer.from(password);
      if (bytes.length > passwordBytesMax) return { ok: false, rehash: false };
      const hash = readStored(keyring, id, sealed);
      const ok =
        hash !== undefined && (await runPasswordWork(() => verifyForeignHash(hash, bytes).catch(() => false), lane));
      // Whoever is wrong waits for as long as with a hash of ours at least; whoever is right waits for the new one anyway.
      if (!ok && isFaster(hash)) await hashPassword(password, lane);
      return { ok, rehash: ok };
    },
  };
}

/** Faster than ours, as far as that can be said: argon2 of no less work than ours takes its time by itself. */
function isFaster(hash: ForeignHash | undefined): boolean {
  return hash?.algorithm !== 'argon2' || argon2WorkKib(hash) < passwordWorkKib;
}

/** Read by the schema again, bounds and all: what is in the database could have been put there. */
function readStored(keyring: Pick<Keyring, 'open'>, id: string, sealed: string): ForeignHash | undefined {
  const read = foreignHashSchema.safeParse(JSON.parse(keyring.open(sealed, placeOf(id)).toString()));
  return read.success ? read.data : undefined;
}

import { createHash, createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { auditMigrations, listEvents } from '#audit';
import { DEFAULT_TENANT_ID, systemPrincipal } from '#base';
import { createUser, directoryMigrations, type User } from '#directory';
import type { SealedPlace } from '#keyring';
import { resourcesMigrations } from '#resources';
import type { Tx } from '#store';
import { fixedClock, openTestStore, seededRandom } from '#testing';
import { signinMigrations } from './migrations.ts';
import { type Passwords, setPasswordHash } from './password-credentials.ts';
import { type SignInPolicies, signInPolicies } from './policy/effective-policy.ts';
import { DEFAULT_POLICY, type SignInPolicySpec, signInPolicyKind } from './policy/sign-in-policy-kind.ts';
import { createSignInThrottle } from './throttle/sign-in-throttle.ts';

export const tenantId = DEFAULT_TENANT_ID;
export const actor = systemPrincipal(tenantId, 'test');
export const device = {
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36',
  address: '203.0.113.7',
};

/** Hashes in no time and writes down what was asked of it: which work is done is what most tests look at. */
export function countingPasswords(): Passwords & { work: string[] } {
  const work: string[] = [];
  const hashOf = (password: string) => `fast$${createHash('sha256').update(password).digest('hex')}`;
  return {
    work,
    hashPassword: async (password) => {
      work.push('hash');
      return hashOf(password);
    },
    verifyPassword: async (stored, password) => {
      work.push('argon2');
      const ok = stored.endsWith(hashOf(password));
      return { ok, rehash: ok && stored.startsWith('old$') };
    },
    dummyVerify: async () => {
      work.push('argon2');
      return { ok: false, rehash: false };
    },
  };
}

/** Seals by writing the place beside the text: opens there and nowhere else, as the real one. */
export function fakeKeyring() {
  return {
    mac: (purpose: string, data: string | Uint8Array) => createHmac('sha256', `test ${purpose}`).update(data).digest(),
    seal: (plaintext: string | Uint8Array, place: SealedPlace) =>
      JSON.stringify([place, Buffer.from(plaintext).toString('hex')]),
    open(sealed: string, place: SealedPlace) {
      const [where, text] = JSON.parse(sealed) as [SealedPlace, string];
      expect(where).toEqual(place);
      return Buffer.from(text, 'hex');
    },
  };
}

export const readPolicy = (input: unknown): SignInPolicySpec => signInPolicyKind.schema.parse(input);

/** One policy for everybody; whoever holds the role `administrator` administers. */
export function fixedPolicies(spec: SignInPolicySpec): SignInPolicies<User> {
  return signInPolicies<User>({
    policies: { get: () => ({ spec }), all: () => [{ name: 'default', spec }] },
    isAdministrator: ({ rolesAnywhere }) => rolesAnywhere.includes('administrator'),
    organizationsOf: () => [],
  });
}

/** The room on a database of its own, with a clock that stands still. */
export async function openSignin() {
  const clock = fixedClock();
  const random = seededRandom();
  const store = await openTestStore([auditMigrations, resourcesMigrations, directoryMigrations, signinMigrations], {
    clock,
    random,
  });
  const keyring = fakeKeyring();
  const spec = { ...DEFAULT_POLICY };
  const policies = fixedPolicies(spec);
  const passwords = countingPasswords();
  const deps = { store, keyring, policies, passwords, clock, random, throttle: createSignInThrottle({ clock }) };
  const inTransaction = <T>(work: (tx: Tx) => Promise<T>) => store.transaction({ tenantId }, work);

  return {
    ...deps,
    deps,
    inTransaction,
    /** What the policy says from now on. */
    setPolicy: (changes: unknown) => void Object.assign(spec, readPolicy(changes)),
    close: () => store.close(),
    /** A person with a password. */
    async addUser(email: string, password: string | undefined, roles: readonly string[] = []): Promise<User> {
      const passwordHash = password === undefined ? undefined : await passwords.hashPassword(password);
      const user = await inTransaction(async (tx) => {
        const created = await createUser(tx, deps, { tenantId, email, name: 'Ada Lovelace', roles, actor });
        if (passwordHash !== undefined) {
          await setPasswordHash(tx, deps, { tenantId, userId: created.id, passwordHash, actor });
        }
        return created;
      });
      clock.advance(1);
      passwords.work.length = 0;
      return user;
    },
    async eventTypes(): Promise<string[]> {
      const { items } = await listEvents({ store }, { tenantId, limit: 500 });
      return items.map(({ type }) => type);
    },
  };
}

/** The key ring: the master key, sealing, keyed hashes, passwords, credential formats, and signing keys with their lives. */
export {
  CREDENTIAL_IN_TEXT,
  CREDENTIAL_KINDS,
  type CredentialKind,
  credentialHash,
  describeCredential,
  mintCredential,
  type RecognisedCredential,
  recogniseCredential,
} from './credential-formats.ts';
export { keyringErrors } from './errors.ts';
export { type ForeignHash, foreignHashSchema } from './foreign/foreign-hash.ts';
export { openPasswords, storeForeignHash } from './foreign/foreign-passwords.ts';
export type { MasterKeySource } from './master-key.ts';
export { keyringMigrations } from './migrations.ts';
export { type Keyring, openKeyring } from './open-keyring.ts';
export { openSigningKeys, type SigningKeyInfo, type SigningKeys } from './open-signing-keys.ts';
export { dummyVerify, hashPassword, verifyPassword } from './passwords.ts';
export type { SealedPlace } from './seal-value.ts';
export { type Alg, SIGNING_ALGORITHMS, verifyBytes } from './signing-algorithms.ts';
export type { SigningKeyState, SigningKeyTimes } from './signing-key-life-cycle.ts';
export { SIGNING_KEY_STEPS, type SigningKeyStep } from './signing-key-rows.ts';

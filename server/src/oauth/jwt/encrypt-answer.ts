import type { AnswerEncryption } from '../clients/client-answer-schema.ts';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { type EncryptionKey, readEncryptionKey } from './encryption-key.ts';
import type { RemoteKeySets } from './remote-key-sets.ts';

export interface EncryptAnswerDeps {
  remoteKeys: Pick<RemoteKeySets, 'encryptionKeyAt'>;
}

/**
 * A signed JWT, encrypted to the client (RFC 7519 §5.2: signed first, then encrypted; OpenID Connect Core §10.2). The
 * library is loaded when the first client wants it. @throws `encryption_key_missing`
 */
export async function encryptAnswer(
  deps: EncryptAnswerDeps,
  client: Client,
  encryption: AnswerEncryption,
  jwt: string,
): Promise<string> {
  const to = await encryptionKeyOf(deps, client, encryption);
  const { CompactEncrypt, importJWK } = await import('jose');
  const header = { alg: to.alg, enc: encryption.enc, cty: 'JWT', ...(to.kid === undefined ? {} : { kid: to.kid }) };
  return new CompactEncrypt(Buffer.from(jwt)).setProtectedHeader(header).encrypt(await importJWK(to.jwk, to.alg));
}

/**
 * The key that was declared, or the first of its algorithm in the client's key set: so the client changes keys by putting
 * the new one first, and keeps the old one for reading. Asked before anything is consumed for which the answer is.
 */
export async function encryptionKeyOf(
  { remoteKeys }: EncryptAnswerDeps,
  { spec }: Client,
  { key, alg }: AnswerEncryption,
): Promise<EncryptionKey> {
  const { jwksUri = '' } = spec;
  const chosen = key === undefined ? await remoteKeys.encryptionKeyAt(jwksUri, alg) : readEncryptionKey(key);
  if (chosen === undefined) throw oauthErrors.encryption_key_missing();
  return chosen;
}

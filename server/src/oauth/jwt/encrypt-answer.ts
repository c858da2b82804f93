import type { AnswerEncryption } from '../clients/client-answer-schema.ts';
import { readEncryptionKey } from './encryption-key.ts';

/**
 * A signed JWT, encrypted to the client (RFC 7519 §5.2: signed first, then encrypted; OpenID Connect Core §10.2). The
 * library is loaded when the first client wants it.
 */
export async function encryptAnswer({ key, enc }: AnswerEncryption, jwt: string): Promise<string> {
  const to = readEncryptionKey(key);
  if (to === undefined) throw new TypeError('a declared encryption key can no longer be read');
  const { CompactEncrypt, importJWK } = await import('jose');
  const header = { alg: to.alg, enc, cty: 'JWT', ...(to.kid === undefined ? {} : { kid: to.kid }) };
  return new CompactEncrypt(Buffer.from(jwt)).setProtectedHeader(header).encrypt(await importJWK(to.jwk, to.alg));
}

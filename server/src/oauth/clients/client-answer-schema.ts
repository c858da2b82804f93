import { z } from 'zod';
import type { FieldError } from '#base';
import { CONTENT_ENCRYPTIONS, ENCRYPTION_ALGS, readEncryptionKey } from '../jwt/encryption-key.ts';
import { signingAlgSchema } from '../tokens/signing-policy-schema.ts';

const encryption = z.strictObject({
  key: z
    .record(z.string().max(64), z.unknown())
    .refine(
      (key) => readEncryptionKey(key) !== undefined,
      'must be a public key for encryption: RSA of 2048 bits and more (RSA-OAEP-256), P-256, P-384 or X25519 (ECDH-ES)',
    )
    .optional()
    .describe(
      'The client’s public key (RFC 7517); its `alg` says by which algorithm, where there are several. Left out: the first at `jwksUri` with `use: enc`.',
    ),
  alg: z.enum(ENCRYPTION_ALGS).optional().describe('Of the keys at `jwksUri`, the first of this algorithm.'),
  enc: z.enum(CONTENT_ENCRYPTIONS).default('A256GCM').describe('How the content is encrypted (RFC 7518 §5).'),
});

export type AnswerEncryption = z.output<typeof encryption>;

/** In what form a client is told who somebody is. */
export const clientAnswerFields = {
  idTokenSigningAlg: signingAlgSchema
    .optional()
    .describe('How its id tokens are signed. As the tenant’s signing_policy says unless said otherwise.'),
  idTokenEncryption: encryption.optional().describe('Its id tokens are signed, and then encrypted to it (RFC 7516).'),
  userinfoEncryption: encryption.optional().describe('Userinfo answers it with a signed JWT, encrypted to it.'),
} as const;

/** An encryption has a key to look for somewhere. */
export function checkClientAnswers(spec: {
  idTokenEncryption?: AnswerEncryption | undefined;
  userinfoEncryption?: AnswerEncryption | undefined;
  jwksUri?: string | undefined;
}): FieldError[] {
  return (['idTokenEncryption', 'userinfoEncryption'] as const).flatMap((name) => {
    const declared = spec[name];
    if (declared === undefined) return [];
    if (declared.key === undefined && spec.jwksUri === undefined) {
      return [{ path: `${name}.key`, message: 'Give the key, or jwksUri, where it is.' }];
    }
    if (declared.key === undefined || declared.alg === undefined) return [];
    return [{ path: `${name}.alg`, message: 'This is for keys at jwksUri. Write alg into the key itself.' }];
  });
}

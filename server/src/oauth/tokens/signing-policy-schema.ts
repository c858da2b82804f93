import { z } from 'zod';
import { SIGNING_ALGORITHMS } from '#keyring';

export const signingAlgSchema = z.enum(SIGNING_ALGORITHMS);

/** With which algorithms a tenant signs. Keys of each are made when they are first wanted, and rotated as all others are. */
export const signingPolicySchema = z.strictObject({
  idTokens: signingAlgSchema
    .default('ES256')
    .describe(
      'Of id tokens, and of what else clients are told signed; `idTokenSigningAlg` of a client says otherwise.',
    ),
  accessTokens: signingAlgSchema
    .default('ES256')
    .describe('Of access tokens that are JWTs; `accessTokenSigningAlg` of an API says otherwise.'),
});

export type SigningPolicySpec = z.output<typeof signingPolicySchema>;

export const DEFAULT_SIGNING_POLICY: SigningPolicySpec = { idTokens: 'ES256', accessTokens: 'ES256' };

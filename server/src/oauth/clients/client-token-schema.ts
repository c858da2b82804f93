import { z } from 'zod';
import { LIMITS } from '#base';
import { CLAIMS_DESCRIPTION, claimsMappingSchema } from '../tokens/mapped-claims.ts';
import { resourceNameSchema } from './scope.ts';

/** What a client may learn of tokens, and how its own are made. */
export const clientTokenFields = {
  resourceServerFor: z
    .array(resourceNameSchema)
    .min(1)
    .max(LIMITS.listLengthMax)
    .optional()
    .describe('APIs that this client is the server of: it may introspect their access tokens (RFC 7662).'),
  claims: claimsMappingSchema.optional().describe(`In its id tokens and at userinfo. ${CLAIMS_DESCRIPTION}`),
} as const;

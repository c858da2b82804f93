import { z } from 'zod';
import { DEFAULT_PROFILE, PROFILE_NAMES } from './profile.ts';

/** The profile of every client of the tenant that declares none of its own. */
export const securityProfileSchema = z.strictObject({
  profile: z.enum(PROFILE_NAMES).default(DEFAULT_PROFILE).describe('For all clients that declare no profile.'),
});

export type SecurityProfileSpec = z.output<typeof securityProfileSchema>;

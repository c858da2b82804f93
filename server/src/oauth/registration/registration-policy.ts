import { z } from 'zod';
import { LIMITS } from '#base';
import { resourceNameSchema, scopeSchema } from '../clients/scope.ts';

/** Grants that somebody whom nobody knows may be given: those in which a person is asked each time. */
export const REGISTRABLE_GRANTS = ['authorization_code', 'refresh_token', 'device_code'] as const;

const host = z
  .string()
  .max(253)
  .regex(/^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be a host name, or *. and one');

/** What clients may be that register themselves (RFC 7591), or are described by a document at their own address. */
export const clientRegistrationPolicySchema = z.strictObject({
  description: z.string().max(LIMITS.textLengthMax).optional(),
  open: z.boolean().default(false).describe('Anyone may register, without an initial access token.'),
  metadataDocuments: z
    .boolean()
    .default(false)
    .describe('A client_id may be an https address at which the client describes itself.'),
  documentHosts: z
    .array(host)
    .max(LIMITS.listLengthMax)
    .optional()
    .describe('Hosts of such documents; all, if left out.'),
  grants: z
    .array(z.enum(REGISTRABLE_GRANTS))
    .min(1)
    .max(REGISTRABLE_GRANTS.length)
    .default(['authorization_code', 'refresh_token']),
  confidential: z.boolean().default(false).describe('They may also be confidential clients, with a secret.'),
  scopes: z.array(scopeSchema).max(LIMITS.listLengthMax).default([]).describe('The most they may ask for.'),
  scopeCeiling: z
    .enum(['policy', 'metadata'])
    .optional()
    .describe(
      'What bounds a client that names scopes when it registers. policy, unless said otherwise: it may ask for any of `scopes`, and gets those it named when it asks for none. metadata: those it named are the most it will ever have.',
    ),
  apis: z.array(resourceNameSchema).max(LIMITS.listLengthMax).default([]).describe('APIs they may call.'),
  plan: resourceNameSchema
    .optional()
    .describe('Their plan, for those that register from now on. Without it they have no limits but those of routes.'),
  redirectHosts: z
    .array(host)
    .max(LIMITS.listLengthMax)
    .optional()
    .describe('Hosts that redirect URIs may name, `localhost` for loopback addresses; all, if left out.'),
});

export type RegistrationPolicySpec = z.output<typeof clientRegistrationPolicySchema>;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export function isAllowedHost(allowed: readonly string[] | undefined, hostname: string): boolean {
  if (allowed === undefined) return true;
  const name = LOOPBACK.has(hostname) ? 'localhost' : hostname;
  return allowed.some((each) => (each.startsWith('*.') ? name.endsWith(each.slice(1)) : name === each));
}

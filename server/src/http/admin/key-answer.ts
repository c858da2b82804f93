import { z } from 'zod';
import type { ApiKey } from '#apikeys';
import { instant } from './answers.ts';

/** A key as the Admin API shows it: everything but the key. */
export const keyAnswer = z.object({
  id: z.string(),
  name: z.string(),
  environment: z.enum(['live', 'test']),
  display: z.string().describe('the beginning and the end of the key, to tell keys apart'),
  owner: z.object({ type: z.string(), id: z.string() }).optional(),
  organizationId: z.string().optional(),
  scopes: z.array(z.string()),
  roles: z.array(z.string()),
  plan: z.string().nullable(),
  createdAt: instant,
  createdBy: z.string(),
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  revokeReason: z.string().nullable(),
  quarantinedAt: instant.nullable(),
  quarantineReason: z.string().nullable(),
  description: z.string().nullable(),
  tags: z.array(z.string()),
  contactEmail: z.string().nullable(),
  restrictions: z.object({
    addresses: z.array(z.string()).optional(),
    apis: z.array(z.string()).optional(),
    routes: z.array(z.string()).optional(),
  }),
  lastUse: z
    .object({ at: instant, address: z.string(), route: z.string() })
    .nullable()
    .describe('when it was accepted last at the gateway; null when it never was, or the answer is to a change'),
  replaces: z.string().nullable().describe('the key it was issued to take the place of'),
  replacedBy: z.string().nullable().describe('the key that takes its place'),
});
export function toAnswer(key: ApiKey): z.input<typeof keyAnswer> {
  const { displayPrefix, last4, owner, organizationId, restrictions } = key;
  const { addresses, apis, routes } = restrictions;
  return {
    id: key.id,
    name: key.name,
    environment: key.environment,
    display: `${displayPrefix}…${last4}`,
    ...(owner === undefined ? {} : { owner }),
    ...(organizationId === undefined ? {} : { organizationId }),
    scopes: [...key.scopes],
    roles: [...key.roles],
    plan: key.plan ?? null,
    createdAt: key.createdAt,
    createdBy: key.createdBy,
    expiresAt: key.expiresAt ?? null,
    revokedAt: key.revokedAt ?? null,
    revokeReason: key.revokeReason ?? null,
    quarantinedAt: key.quarantinedAt ?? null,
    quarantineReason: key.quarantineReason ?? null,
    description: key.description ?? null,
    tags: [...key.tags],
    contactEmail: key.contactEmail ?? null,
    restrictions: {
      ...(addresses && { addresses: [...addresses] }),
      ...(apis && { apis: [...apis] }),
      ...(routes && { routes: [...routes] }),
    },
    lastUse: key.lastUse ?? null,
    replaces: key.replaces ?? null,
    replacedBy: key.replacedBy ?? null,
  };
}

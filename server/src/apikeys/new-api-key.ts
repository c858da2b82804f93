import { z } from 'zod';
import { isAddressRange, LIMITS } from '#base';
import { NAME_PATTERN } from '#resources';

/** RFC 6749 §3.3 scope-token. */
const scope = z
  .string()
  .max(128)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope: printable, without space, quote or backslash');
const name = z.string().regex(NAME_PATTERN, 'must be a name: lower-case letters, digits and hyphens');
const tag = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._:/-]{0,62}$/, 'must be a tag: lower-case letters, digits and . _ : / -, at most 63');
const addressRange = z
  .string()
  .max(64)
  .refine(isAddressRange, 'must be an address or a range such as 192.0.2.0/24 or 2001:db8::/32');

const distinct = (item: z.ZodType<string>) =>
  z
    .array(item)
    .max(LIMITS.listLengthMax)
    .transform((items) => [...new Set(items)]);

/** An empty list would admit nothing: whoever writes one means something else. */
const someOf = (item: z.ZodType<string>) =>
  distinct(item).refine((items) => items.length > 0, 'must name at least one; leave it out to restrict nothing');

const restrictions = z.strictObject({
  addresses: someOf(addressRange).optional().describe('Addresses and CIDR ranges the key may be used from.'),
  apis: someOf(name).optional().describe('APIs, by name, the key may be used at.'),
  routes: someOf(name).optional().describe('Routes, by name, the key may be used at.'),
});

const about = {
  name: z.string().trim().min(1, 'must not be empty').max(LIMITS.nameLengthMax),
  description: z.string().trim().min(1).max(LIMITS.textLengthMax),
  tags: distinct(tag),
  contactEmail: z.email('must be an e-mail address').max(254),
  plan: name,
  restrictions,
};

/** What may come from outside. The rest of the command's input, tenant and actor, the program knows itself. */
export const newApiKeySchema = z.strictObject({
  ...about,
  description: about.description.optional(),
  tags: about.tags.default([]),
  contactEmail: about.contactEmail.optional(),
  plan: about.plan
    .nullable()
    .optional()
    .describe('Left out: the default plan of the key policy, or that of whoever makes the key; `null`: none.'),
  restrictions: about.restrictions.default({}),
  environment: z.enum(['live', 'test']).default('live'),
  owner: z.strictObject({ type: z.enum(['user', 'service_account']), id: z.string().min(1).max(128) }).optional(),
  scopes: distinct(scope).default([]),
  roles: distinct(name).default([]),
  expiresAt: z.int().optional(),
});

/** What of a key may change. What it may do (scopes, roles, owner) is for its whole life: issue another one. */
export const apiKeyChangeSchema = z.strictObject({
  name: about.name.optional(),
  description: about.description.nullable().optional(),
  tags: about.tags.optional(),
  contactEmail: about.contactEmail.nullable().optional(),
  plan: about.plan.nullable().optional(),
  restrictions: about.restrictions.optional().describe('Replaces all restrictions.'),
});

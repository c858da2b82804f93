import { z } from 'zod';
import type { Membership, User } from '#directory';
import { instant } from './answers.ts';

export const userAnswer = z.object({
  id: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  name: z.string(),
  locale: z.string().nullable().describe('the language the person chose for pages and mails'),
  status: z.enum(['active', 'disabled']),
  roles: z.array(z.string()).describe('in the whole tenant; those inside organizations are memberships'),
  organizationIds: z.array(z.string()).describe('the organizations the person belongs to, as far as you may know'),
  managedBy: z.string().nullable().describe('the organization whose administrators may change the account'),
  attributes: z.record(z.string(), z.unknown()).describe('as the user_schema has them'),
  createdAt: instant,
  updatedAt: instant,
  version: z.int(),
});

export function toUserAnswer(user: User): z.input<typeof userAnswer> {
  const { tenantId: _, sessionsNotBefore: __, rolesAnywhere: ___, organizationId, ...rest } = user;
  return {
    ...rest,
    locale: user.locale ?? null,
    roles: [...user.roles],
    organizationIds: [...user.organizationIds],
    managedBy: organizationId ?? null,
    attributes: { ...user.attributes },
  };
}

export const membershipAnswer = z.object({
  organizationId: z.string(),
  userId: z.string(),
  roles: z.array(z.string()),
  createdAt: instant,
  updatedAt: instant,
  version: z.int(),
});

export function toMembershipAnswer({ tenantId: _, ...membership }: Membership): z.input<typeof membershipAnswer> {
  return { ...membership, roles: [...membership.roles] };
}

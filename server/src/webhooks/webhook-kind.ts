import { z } from 'zod';
import { LIMITS } from '#base';
import { defineKind } from '#resources';
import { EVENT_PATTERN, permissionsToHear } from './event-patterns.ts';

const PATTERNS_MAX = 50;
const TAGS_MAX = 20;

export const webhookSchema = z.strictObject({
  description: z.string().trim().min(1).max(LIMITS.textLengthMax).optional(),
  organization: z
    .string()
    .min(1)
    .max(LIMITS.nameLengthMax)
    .optional()
    .describe('Whose it is: it is told what happens there, and nothing else. Left out: it is the tenant’s.'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(LIMITS.urlLengthMax)
    .refine(hasNoSecrets, 'must hold neither a user name, a password nor a fragment')
    .describe('Where events are posted to. https and public, unless `outbound.webhooks` opens a network.'),
  events: z
    .array(
      z.string().regex(EVENT_PATTERN, 'must be an event such as api_key.revoked, a pattern such as api_key.*, or *'),
    )
    .min(1)
    .max(PATTERNS_MAX)
    .describe('What is told of: types of audit events, or patterns of them.'),
  keyTags: z
    .array(z.string().min(1).max(63))
    .min(1)
    .max(TAGS_MAX)
    .optional()
    .describe('Of events about API keys and their quotas, only those of keys with one of these tags.'),
  details: z
    .boolean()
    .optional()
    .describe(
      'All that the audit log knows of an event, personal data among it. Left out: ids and what is documented.',
    ),
  contactEmail: z.email().max(254).optional().describe('Who is told by mail when it is disabled.'),
  paused: z.boolean().optional().describe('Nothing is queued or sent; what happens meanwhile is not told later.'),
});

export type WebhookSpec = z.output<typeof webhookSchema>;

export const webhookKind = defineKind({
  kind: 'webhook',
  plural: 'webhooks',
  idKind: 'webhook',
  description: 'An address that is told of events as they happen, with a signature (Standard Webhooks).',
  schema: webhookSchema,
  ownedBy: ({ organization }) => organization,
  grants: permissionsToHear,
  references: ({ organization }) =>
    organization === undefined ? [] : [{ kind: 'organization', name: organization, path: 'organization' }],
});

function hasNoSecrets(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.username === '' && url.password === '' && url.hash === '';
}

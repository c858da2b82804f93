import { z } from 'zod';
import { LIMITS } from '#base';
import { defineKind, findResource, NAME_PATTERN, SINGLETON_NAME } from '#resources';
import type { Tx } from '#store';
import type { ApiKey } from './api-key.ts';
import { apikeysErrors } from './errors.ts';

const DAY_MILLISECONDS = 86_400_000;
const days = z.int().min(1).max(3650);

const schema = z.strictObject({
  description: z.string().max(LIMITS.textLengthMax).optional().describe('For people: why it is so.'),
  defaultPlan: z
    .string()
    .regex(NAME_PATTERN, 'must be a name: lower-case letters, digits and hyphens')
    .optional()
    .describe('Plan of a new key for which none is named. Left out: that of whoever makes it, if there is one.'),
  lifetimeDaysMax: days.optional().describe('No key is issued to live longer, nor without an end.'),
  retireUnusedAfterDays: days
    .optional()
    .describe('A key that was not used for so long, or never since it was issued, is revoked.'),
  rotateEveryDays: days
    .optional()
    .describe(
      'A key that lives longer is to be rotated by then: whoever it belongs to is told 30, 7 and 1 days before.',
    ),
  pickUp: z
    .strictObject({
      daysBefore: z.int().min(1).max(90).default(14).describe('So long before it is to be rotated the link is sent.'),
      overlapDays: z.int().min(0).max(90).default(7).describe('So long the old key works beside the new one.'),
    })
    .optional()
    .describe(
      'With `rotateEveryDays`: whoever a key belongs to gets a one-time link by mail, by which the new key is made and shown.',
    ),
  leaked: z
    .enum(['revoke', 'quarantine'])
    .default('revoke')
    .describe('What becomes of a key that is reported as leaked: ended, or set aside until somebody decides.'),
  secretScanning: z
    .strictObject({
      githubKeysUrl: z
        .url({ protocol: /^https$/, error: 'must be an https URL' })
        .max(2048)
        .default('https://api.github.com/meta/public_keys/secret_scanning')
        .describe('Where the public keys are that reports are signed with.'),
    })
    .optional()
    .describe('Reports in the protocol of GitHub’s secret scanning partners are taken at /leaks/github.'),
});

export type KeyPolicySpec = z.output<typeof schema>;

export const keyPolicyKind = defineKind({
  kind: 'key_policy',
  plural: 'key_policies',
  idKind: 'keyPolicy',
  description: 'What holds for all API keys of the tenant. There is one, named "default".',
  schema,
  singleton: true,
  references: ({ defaultPlan }) =>
    defaultPlan === undefined ? [] : [{ kind: 'plan', name: defaultPlan, path: 'defaultPlan' }],
});

export async function keyPolicyOf(tx: Tx, tenantId: string): Promise<KeyPolicySpec> {
  const resource = await findResource(tx, { tenantId, kind: keyPolicyKind, name: SINGLETON_NAME });
  return resource?.spec ?? schema.parse({});
}

/** An end within what the tenant's policy allows; undefined where it allows none, and none was wanted. */
export async function lifetimeWithin(
  tx: Tx,
  tenantId: string,
  { from, to }: { from: number; to: number | undefined },
): Promise<number | undefined> {
  const { lifetimeDaysMax } = await keyPolicyOf(tx, tenantId);
  if (lifetimeDaysMax === undefined) return to;
  return Math.min(to ?? Number.POSITIVE_INFINITY, from + lifetimeDaysMax * DAY_MILLISECONDS);
}

/** @throws `api_key_lifetime_refused` */
export async function demandLifetime(tx: Tx, { tenantId, createdAt, expiresAt }: ApiKey): Promise<void> {
  const { lifetimeDaysMax } = await keyPolicyOf(tx, tenantId);
  if (lifetimeDaysMax === undefined) return;
  if (expiresAt !== undefined && expiresAt - createdAt <= lifetimeDaysMax * DAY_MILLISECONDS) return;
  throw apikeysErrors.api_key_lifetime_refused({
    message: `API keys may live ${lifetimeDaysMax} days at most. Ask for an end within that time.`,
    details: { lifetimeDaysMax },
  });
}

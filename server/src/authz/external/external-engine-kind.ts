import { z } from 'zod';
import { LIMITS } from '#base';
import { defineKind } from '#resources';

const externalEngineSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(LIMITS.urlLengthMax)
    .refine((url) => {
      const { username, password, search, hash } = new URL(url);
      return username + password + search + hash === '';
    }, 'must hold no credentials, query or fragment')
    .describe('Where the OPA server answers: `https://opa.example.com`. Plain http only within `networks`.'),
  path: z
    .string()
    .max(256)
    .regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, 'must be the path of a rule, as `gatehouse/allow`')
    .describe('The rule that is asked for, as `gatehouse/allow`: `POST /v1/data/gatehouse/allow`.'),
  networks: z
    .array(z.union([z.cidrv4(), z.cidrv6()]))
    .max(LIMITS.listLengthMax)
    .optional()
    .describe('Private ranges that it may be in, as `10.1.0.0/16`. Without them only public addresses, over https.'),
  timeoutMilliseconds: z.int().min(10).max(10_000).default(1_000),
  cacheSeconds: z
    .int()
    .min(0)
    .max(300)
    .default(0)
    .describe('How long an answer counts for the same question at another time. Not at all unless given.'),
  description: z.string().max(LIMITS.textLengthMax).optional().describe('What it is for, for people.'),
});

export type ExternalEngineSpec = z.output<typeof externalEngineSchema>;

export const externalEngineKind = defineKind({
  kind: 'external_engine',
  plural: 'external_engines',
  idKind: 'externalEngine',
  description: 'An OPA server that routes may ask besides, after the policies here have allowed.',
  schema: externalEngineSchema,
});

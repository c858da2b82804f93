import { z } from 'zod';
import { CREDENTIAL_ENVIRONMENTS } from '#base';
import { defineKind } from '#resources';
import { PRINCIPAL_ENTITY_TYPES } from '../decision-environment.ts';

const name = z.string().min(1).max(200);
const id = z.string().max(1024);
const record = z.record(z.string(), z.unknown());
const names = z.array(z.string().max(200)).max(100);
const entity = z.strictObject({ type: name, id });
type PrincipalKind = Exclude<keyof typeof PRINCIPAL_ENTITY_TYPES, 'system'>;
const kinds = Object.keys(PRINCIPAL_ENTITY_TYPES).filter((kind) => kind !== 'system') as [
  PrincipalKind,
  ...PrincipalKind[],
];

const testSchema = z.strictObject({
  name: name.describe('What must hold, in a sentence.'),
  principal: z.strictObject({
    type: z.enum(kinds).default('user'),
    id,
    roles: names.default([]),
    groups: names.default([]),
    scopes: names.default([]),
    organization: z.string().max(200).optional(),
    acr: z.string().max(200).optional(),
    amr: names.optional(),
    authTime: z.int().optional(),
    environment: z.enum(CREDENTIAL_ENVIRONMENTS).optional(),
  }),
  action: name,
  resource: z.strictObject({ type: name, id, attributes: record.default({}) }),
  context: record.default({}),
  relationships: z
    .array(z.strictObject({ object: entity, relation: name, subject: entity }))
    .max(100)
    .default([])
    .describe('What holds for this test; nothing of the relationship stores does.'),
  expect: z.enum(['allow', 'deny']),
  policies: names.optional().describe('The policies that must determine it, by name.'),
});

const policyTestSchema = z.strictObject({
  tests: z.array(testSchema).min(1).max(500),
  description: z.string().max(1000).optional().describe('What it is for, for people.'),
});

export type PolicyTestSpec = z.output<typeof policyTestSchema>;
export type PolicyTest = PolicyTestSpec['tests'][number];

export const policyTestKind = defineKind({
  kind: 'policy_test',
  plural: 'policy_tests',
  idKind: 'policyTest',
  description: 'What the policies must decide. While one of these fails, no change of policies takes effect.',
  schema: policyTestSchema,
});

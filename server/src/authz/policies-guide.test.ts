import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { DEFAULT_TENANT_ID, type DecisionRequest, parse } from '#base';
import { decide } from './decide.ts';
import { policyKind } from './policy-kind.ts';
import { compilePolicies } from './policy-set.ts';

/** Every policy of docs/guides/policies.md is compiled, and answers the requests below it as the guide says. */
const guide = readFileSync(new URL('../../../docs/guides/policies.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/```(\w+)\n(.*?)```/gs)].map(([, language = '', text = '']) => ({ language, text }));

const requestSchema = z.strictObject({
  type: z.enum(['user', 'api_key']).default('user'),
  id: z.string().default('usr_ann'),
  roles: z.array(z.string()).default([]),
  organization: z.string().optional(),
  amr: z.array(z.string()).optional(),
  authTime: z.int().optional(),
  action: z.string(),
  resource: z.string(),
  resourceId: z.string().default('1'),
  attributes: z.record(z.string(), z.unknown()).default({}),
  context: z.record(z.string(), z.unknown()).default({}),
});
const casesSchema = z.strictObject({
  allow: z.array(requestSchema).min(1),
  deny: z.array(requestSchema).min(1),
});

function toRequest(item: z.output<typeof requestSchema>): DecisionRequest {
  const { type, id, roles, organization, amr, authTime, action, resource, resourceId, attributes, context } = item;
  return {
    principal: {
      type,
      id,
      tenantId: DEFAULT_TENANT_ID,
      roles,
      scopes: [],
      credential: { type: 'access_token', id: 'tok_1' },
      ...(organization === undefined ? {} : { organizationId: organization }),
      ...(amr === undefined ? {} : { amr }),
      ...(authTime === undefined ? {} : { authTime }),
    },
    action,
    resource: { type: resource, id: resourceId, attributes },
    context,
    policyRequired: true,
  };
}

const policies = blocks.flatMap(({ language, text }, index) => {
  if (language !== 'cedar') return [];
  const next = blocks[index + 1];
  return [{ cedar: text, cases: next?.language === 'yaml' ? next.text : '' }];
});

describe('the policies of the guide', () => {
  it('are all found', () => {
    expect(policies.length).toBe(guide.match(/^```cedar$/gm)?.length);
    expect(policies.length).toBeGreaterThanOrEqual(8);
  });

  it.each(policies)('$cedar', ({ cedar, cases }) => {
    const set = compilePolicies([{ name: 'guide', cedar }], 1);
    expect(set.broken).toEqual([]);
    const { allow, deny } = parse(casesSchema, parseYaml(cases));
    for (const request of allow) {
      const { reason, errors } = decide(set, toRequest(request));
      expect({ request, reason, errors }).toEqual({ request, reason: 'allowed', errors: [] });
    }
    for (const request of deny) {
      expect({ request, allowed: decide(set, toRequest(request)).allowed }).toEqual({ request, allowed: false });
    }
  });

  it('show a policy resource that is one', () => {
    const text = blocks.find(({ text }) => text.startsWith('kind: policy'))?.text ?? '';
    const { spec } = z.object({ spec: z.unknown() }).parse(parseYaml(text));
    expect(policyKind.check(parse(policyKind.schema, spec))).toEqual([]);
  });
});

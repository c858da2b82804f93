import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type ParsedTexts,
  policyKind,
  policySchemaKind,
  policyTestKind,
  type SearchDeps,
  tryPolicies,
  trySchema,
  vocabularyOf,
} from '#authz';
import { parse } from '#base';
import { exportResources, type Kind, readPermission } from '#resources';
import { callerOf } from '../access.ts';
import { failures } from './answers.ts';
import type { ResourceRoutesDeps } from './resource-routes.ts';

export type PolicyWorkbenchRoutesDeps = ResourceRoutesDeps & Pick<SearchDeps, 'authorizer' | 'facts'>;

const name = z.string().min(1).max(63);
const POLICIES_MAX = 20;
/** Of all texts together: the engine takes half a millisecond for a statement of some fifty characters. */
const TEXT_LENGTH_MAX = 128 * 1024;
const body = z.strictObject({
  policies: z
    .array(z.strictObject({ name, spec: policyKind.schema }))
    .max(POLICIES_MAX)
    .refine(
      (policies) => policies.reduce((sum, { spec }) => sum + spec.cedar.length, 0) <= TEXT_LENGTH_MAX,
      `all texts together must not be longer than ${TEXT_LENGTH_MAX} characters`,
    )
    .describe('They take the place of those of the same name.'),
  tests: z
    .array(z.strictObject({ name, spec: policyTestKind.schema }))
    .max(POLICIES_MAX)
    .optional()
    .describe('These take the place of those of the same name.'),
});
const answer = z.object({
  findings: z.array(
    z.object({
      policy: z.string(),
      severity: z.enum(['error', 'warning']),
      message: z.string(),
      from: z.int().optional().describe('Characters of the text from 0; `to` is not included.'),
      to: z.int().optional(),
    }),
  ),
  tests: z
    .object({
      passed: z.int(),
      failures: z.array(
        z.object({ test: z.string(), expected: z.string(), reason: z.string(), policies: z.array(z.string()) }),
      ),
      coverage: z.object({
        policies: z.int(),
        policiesCovered: z.int(),
        clauses: z.int(),
        clausesCovered: z.int(),
        missing: z.array(z.object({ policy: z.string(), satisfied: z.boolean(), clauses: z.array(z.string()) })),
      }),
    })
    .optional(),
});
const schemaBody = z.strictObject({ spec: policySchemaKind.schema });
const schemaAnswer = z.object({
  problems: z
    .array(z.object({ message: z.string(), from: z.int().optional(), to: z.int().optional() }))
    .describe('of the schema itself; with any of them no policy was looked at'),
  findings: answer.shape.findings.describe('of the policies there are, were this their schema'),
  checked: z.int().describe('how many policies were looked at'),
  policies: z.int().describe('how many there are'),
});
const attribute = z.object({ name: z.string(), type: z.string(), required: z.boolean() });
const words = z.object({
  schema: z
    .boolean()
    .describe('There is a policy schema; without one these are the names that policies happen to use.'),
  entityTypes: z.array(
    z.object({
      name: z.string(),
      attributes: z.array(attribute),
      memberOf: z.array(z.string()),
      relations: z.array(z.string()),
    }),
  ),
  actions: z.array(
    z.object({
      name: z.string(),
      principals: z.array(z.string()),
      resources: z.array(z.string()),
      context: z.array(attribute),
    }),
  ),
});

/** What whoever writes policies needs while he writes. */
export function policyWorkbenchRoutes(plain: FastifyInstance, deps: PolicyWorkbenchRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['policies'];
  let last: { tenantId: string; parsed: ParsedTexts } | undefined;

  server.post(
    '/policy-versions/try',
    {
      config: { permission: 'policies:read' },
      schema: {
        tags,
        summary: 'What is wrong with policies, and how they do in the tests',
        description:
          'Checked against the policy schema, and run with the other policies against the policy tests, as putting them in force would. Changes nothing. A schema, or tests, that the caller may not read are left out.',
        body,
        response: { 200: answer, ...failures },
      },
    },
    async (request) => {
      const { policies, tests = [] } = request.body;
      const { tenantId } = callerOf(request).principal;
      if (last?.tenantId !== tenantId) last = { tenantId, parsed: new Map() };
      const { parsed } = last;
      const others = await stored(request, policyKind);
      const [schema] = await stored(request, policySchemaKind);
      const kept = await stored(request, policyTestKind);
      const tried = tryPolicies({
        policies,
        others: without(others, policies),
        schema: schema?.spec.cedar,
        tests: [...without(kept, tests), ...tests].map((each) => ({ name: each.name, tests: each.spec.tests })),
        parsed,
      });
      return JSON.parse(JSON.stringify(tried)) as z.input<typeof answer>;
    },
  );

  server.post(
    '/policy-schemas/try',
    {
      config: { permission: 'policy_schemas:read' },
      schema: {
        tags,
        summary: 'What is wrong with a policy schema, and which policies would not fit it',
        description: 'Policies that the caller may not read are left out. Changes nothing.',
        body: schemaBody,
        response: { 200: schemaAnswer, ...failures },
      },
    },
    async (request) => {
      const policies = await stored(request, policyKind);
      const tried = trySchema(request.body.spec.cedar, policies);
      return JSON.parse(JSON.stringify({ ...tried, policies: policies.length })) as z.input<typeof schemaAnswer>;
    },
  );

  server.get(
    '/policy-vocabulary',
    {
      config: { permission: 'policies:read' },
      schema: {
        tags,
        summary: 'The names that policies, their schema and the relationships know',
        response: { 200: words, ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const [schema] = await stored(request, policySchemaKind);
      const found = vocabularyOf(deps.authorizer.policies(tenantId), deps.facts.places(tenantId), schema?.spec.cedar);
      return JSON.parse(JSON.stringify(found)) as z.input<typeof words>;
    },
  );

  async function stored<Spec>(request: FastifyRequest, kind: Kind<Spec>): Promise<{ name: string; spec: Spec }[]> {
    if (!callerOf(request).holds(readPermission(kind))) return [];
    const kinds = [deps.kinds.get(kind.kind)];
    const { documents } = await exportResources(deps, { caller: callerOf(request), kinds });
    return documents.map(({ name, spec }) => ({ name, spec: parse(kind.schema, spec) }));
  }
}

function without<T extends { name: string }>(all: readonly T[], replaced: readonly { name: string }[]): T[] {
  const names = new Set(replaced.map((each) => each.name));
  return all.filter((each) => !names.has(each.name));
}

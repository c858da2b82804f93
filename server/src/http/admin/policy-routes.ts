import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  compilePolicies,
  describeProblem,
  getPolicyVersion,
  listDecisions,
  listPolicyVersions,
  type PolicyVersion,
  placesUnderModels,
  policyKind,
  readPolicy,
  replayDecisions,
  tenantFacts,
  toPolicySource,
} from '#authz';
import { baseErrors, parse } from '#base';
import {
  applyResources,
  exportResources,
  exportToYaml,
  kindRegistry,
  type ResourceDocument,
  readPlainDocuments,
} from '#resources';
import { callerOf } from '../access.ts';
import { failures, instant } from './answers.ts';
import type { DecisionRoutesDeps } from './decision-routes.ts';
import type { ResourceRoutesDeps } from './resource-routes.ts';

export type PolicyRoutesDeps = ResourceRoutesDeps & DecisionRoutesDeps;

const author = z.object({ type: z.string(), id: z.string() });
const versionAnswer = z.object({
  number: z.int(),
  at: instant,
  author,
  message: z.string(),
  policies: z.array(z.string()),
});
const number = z.coerce.number().int().min(1);
const change = z.object({
  decisions: z.int(),
  principals: z.int(),
  samples: z.array(z.looseObject({ decisionId: z.string(), action: z.string() })),
});
const replayAnswer = z.object({
  replayed: z.int(),
  skipped: z.int(),
  unchanged: z.int(),
  outdated: z.int(),
  gained: change,
  lost: change,
});
const replayBody = z
  .strictObject({
    version: z.int().min(1).optional().describe('Try this version of the policies.'),
    policies: z
      .array(z.strictObject({ name: z.string().min(1).max(63), spec: policyKind.schema }))
      .max(1000)
      .optional()
      .describe('Try these policies: they take the place of those of the same name.'),
    models: z
      .array(
        z.strictObject({
          factSource: z.string().min(1).max(63),
          model: z.union([z.string().min(1), z.record(z.string(), z.unknown())]),
        }),
      )
      .min(1)
      .max(20)
      .optional()
      .describe(
        'Try these models of relationships, each as JSON or in the OpenFGA language, in the place of the one that the fact source uses.',
      ),
    only: z.boolean().default(false).describe('The policies given are all there would be.'),
    from: z.int().min(0).optional().describe('Decisions from this time on, in milliseconds.'),
    limit: z.int().min(1).max(20_000).default(5_000).describe('So many of the newest.'),
  })
  .refine(
    ({ version, policies, models }) =>
      (version === undefined || policies === undefined) && (version ?? policies ?? models) !== undefined,
    'needs version or policies, not both; or models',
  );

/** The policies as a whole: what they were, and what others would do. */
export function policyRoutes(plain: FastifyInstance, deps: PolicyRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['policies'];
  const kinds = kindRegistry([policyKind]);

  server.get(
    '/policy-versions',
    {
      config: { permission: 'policies:read' },
      schema: {
        tags,
        summary: 'Versions of the policies, newest first',
        querystring: z.strictObject({
          limit: z.coerce.number().int().min(1).max(100).default(20),
          before: number.optional(),
        }),
        response: { 200: z.object({ items: z.array(versionAnswer) }), ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const items = await listPolicyVersions(deps, { tenantId, ...request.query });
      return { items: items.map(toAnswer) };
    },
  );

  server.get(
    '/policy-versions/:number',
    {
      config: { permission: 'policies:read' },
      schema: {
        tags,
        summary: 'One version of the policies, as YAML that apply takes',
        params: z.strictObject({ number }),
        response: { 200: versionAnswer.extend({ yaml: z.string() }), ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const version = await getPolicyVersion(deps, { tenantId, number: request.params.number });
      const documents = version.policies.map(({ name, spec }) => ({ kind: 'policy', name, spec }));
      return { ...toAnswer(version), yaml: exportToYaml(kinds.all, documents) };
    },
  );

  server.post(
    '/policy-versions/:number/rollback',
    {
      config: { permission: 'policies:write' },
      schema: {
        tags,
        summary: 'Make the policies what they were',
        params: z.strictObject({ number }),
        response: {
          200: z.object({ changed: z.array(z.object({ action: z.string(), name: z.string() })) }),
          ...failures,
        },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { tenantId } = caller.principal;
      const { number: wanted } = request.params;
      const { policies } = await getPolicyVersion(deps, { tenantId, number: wanted });
      const message = caller.message ?? `back to version ${wanted}`;
      const documents = documentsOf(policies);
      // Nothing to put back is nothing to apply: then all that is there goes.
      if (documents.length === 0)
        throw baseErrors.invalid_input({ message: `Version ${wanted} has no policies. Delete them one by one.` });
      const kind = deps.kinds.get('policy');
      const { changes } = await applyResources(deps, {
        caller: { ...caller, message },
        documents: documents.map((document) => ({ ...document, kind })),
        prune: [kind],
      });
      const changed = changes.filter(({ action }) => action !== 'unchanged');
      return { changed: changed.map(({ action, name }) => ({ action, name })) };
    },
  );

  server.post(
    '/policy-versions/replay',
    {
      config: { permission: 'policies:replay' },
      schema: {
        tags,
        summary: 'Who would gain and who would lose access',
        description:
          'Makes the decisions of the decision log again, under the policies and models in force and under others.',
        body: replayBody,
        response: { 200: replayAnswer, ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { version, policies = [], models = [], only, from, limit } = request.body;
      const wanted =
        version === undefined ? policies : (await getPolicyVersion(deps, { tenantId, number: version })).policies;
      for (const { name, spec } of wanted) demandSound(name, spec);
      const kept = version !== undefined || only ? [] : await others(request, new Set(wanted.map(({ name }) => name)));
      // On trial or not: what is asked is what would be, were they in force.
      const sources = [
        ...kept.map(toPolicySource),
        ...wanted.map((each) => ({ ...toPolicySource(each), shadow: false })),
      ];
      const decisions = await listDecisions(deps, { tenantId, from, limit });
      const report = await replayDecisions(
        {
          present: { policies: deps.authorizer.policies(tenantId), facts: deps.facts.of(tenantId) },
          candidate: { policies: compilePolicies(sources, 0), facts: await factsUnder(tenantId, models) },
        },
        decisions,
      );
      return JSON.parse(JSON.stringify(report)) as z.input<typeof replayAnswer>;
    },
  );

  async function factsUnder(tenantId: string, models: readonly { factSource: string; model: unknown }[]) {
    const places = deps.facts.places(tenantId);
    const known = new Set([...places.values()].map(({ source }) => source));
    for (const { factSource } of models) {
      if (known.has(factSource)) continue;
      throw baseErrors.invalid_input({ message: `There is no fact source ${JSON.stringify(factSource)}.` });
    }
    const candidates = new Map(models.map(({ factSource, model }) => [factSource, model]));
    return tenantFacts(await placesUnderModels(places, candidates));
  }

  async function others(request: FastifyRequest, replaced: ReadonlySet<string>): Promise<PolicyVersion['policies']> {
    const { documents } = await exportResources(deps, { caller: callerOf(request), kinds: [deps.kinds.get('policy')] });
    return documents
      .filter(({ name }) => !replaced.has(name))
      .map(({ name, spec }) => ({ name, spec: parse(policyKind.schema, spec) }));
  }

  function documentsOf(policies: PolicyVersion['policies']): ResourceDocument[] {
    return readPlainDocuments(
      kinds,
      policies.map(({ name, spec }) => ({ kind: 'policy', name, spec })),
    );
  }
}

function demandSound(name: string, spec: PolicyVersion['policies'][number]['spec']): void {
  const read = readPolicy(toPolicySource({ name, spec }));
  if (!read.ok)
    throw baseErrors.invalid_input({ message: `${name}: ${read.problems.map(describeProblem).join('; ')}` });
}

function toAnswer({ policies, ...version }: PolicyVersion): z.input<typeof versionAnswer> {
  return { ...version, policies: policies.map(({ name }) => name) };
}

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  FILTER_FORMATS,
  filterResources,
  type PrincipalDirectory,
  readSubjectType,
  type SearchDeps,
  tableSchema,
} from '#authz';
import { callerOf } from '../access.ts';
import { failures } from './answers.ts';

export interface DecisionRoutesDeps extends SearchDeps {
  principals: PrincipalDirectory;
}

const properties = z.record(z.string(), z.unknown());
const filterBody = z.strictObject({
  subject: z.strictObject({
    type: z.string().min(1).max(200),
    id: z.string().min(1).max(1024),
    properties: properties.optional(),
  }),
  action: z.strictObject({ name: z.string().min(1).max(1024), properties: properties.optional() }),
  context: properties.optional(),
  table: tableSchema,
  format: z.enum(FILTER_FORMATS).default('sql'),
  firstParameter: z.int().min(1).max(60_000).optional().describe('The number of the first parameter; 1 when absent.'),
});
const filterAnswer = z.object({
  scope: z.enum(['none', 'all', 'some']),
  policyVersion: z.number(),
  sql: z.object({ text: z.string(), values: z.array(z.unknown()) }).optional(),
  rls: z.string().optional(),
  prisma: z.record(z.string(), z.unknown()).optional(),
  conditions: z.unknown(),
  policies: z.array(z.string()),
});

/** Decisions for operators and for whoever lists rows of his own database. */
export function decisionRoutes(plain: FastifyInstance, deps: DecisionRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();

  server.post(
    '/decisions/filter',
    {
      config: { permission: 'decisions:filter' },
      schema: {
        tags: ['decisions'],
        summary: 'Which rows of a table may this subject do this to?',
        description:
          'The policies as a condition on the columns of a table: as SQL with parameters, as a predicate with literals (`rls`), as a `where` of Prisma, and as a tree of conditions. Lets through exactly what a check of each row would allow; what has no such form is an error, never a wider filter.',
        body: filterBody,
        response: { 200: filterAnswer, ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { subject } = request.body;
      const { kind } = readSubjectType(subject.type);
      const found =
        kind === undefined ? undefined : await deps.principals.find({ tenantId, type: kind, ids: [subject.id] });
      const known = found?.get(subject.id);
      const rendered = filterResources(deps, { ...request.body, tenantId, known, now: deps.clock.now() });
      return prismaSafe(rendered);
    },
  );
}

/** JSON has no integers beyond 2^53: they go as text. */
function prismaSafe(rendered: ReturnType<typeof filterResources>): z.input<typeof filterAnswer> {
  const text = JSON.stringify(rendered, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return JSON.parse(text) as z.input<typeof filterAnswer>;
}

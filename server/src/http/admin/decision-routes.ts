import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  askedOrganization,
  FILTER_FORMATS,
  filterResources,
  type PrincipalDirectory,
  readSubjectType,
  reportReach,
  reportReached,
  type SearchDeps,
  tableSchema,
} from '#authz';
import { baseErrors } from '#base';
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

const entity = z.strictObject({
  type: z.string().min(1).max(200),
  id: z.string().min(1).max(1024),
  properties: properties.optional(),
});
const reportBody = z
  .strictObject({
    subject: entity.optional().describe('What does it reach?'),
    resource: entity.optional().describe('Who reaches it?'),
    subjectTypes: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(10)
      .default(['user', 'service_account', 'client', 'api_key'])
      .describe('With `resource`: which kinds of subjects are looked for.'),
    limit: z.int().min(1).max(200).default(20).describe('Names in each row, at most.'),
  })
  .refine(({ subject, resource }) => (subject === undefined) !== (resource === undefined), 'needs subject or resource');
const reportAnswer = z.object({
  rows: z.array(
    z.object({
      action: z.string(),
      type: z.string(),
      ids: z.array(z.string()),
      complete: z.boolean(),
      reason: z.string().optional(),
    }),
  ),
  finished: z.boolean().describe('False when the time was over before every action had been looked at.'),
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
      const place = { tenantId, organizationId: askedOrganization(subject) };
      const found =
        kind === undefined ? undefined : await deps.principals.find({ ...place, type: kind, ids: [subject.id] });
      const known = found?.get(subject.id);
      const rendered = filterResources(deps, { ...request.body, tenantId, known, now: deps.clock.now() });
      return prismaSafe(rendered);
    },
  );

  server.post(
    '/decisions/access-report',
    {
      config: { permission: 'decisions:search' },
      schema: {
        tags: ['decisions'],
        summary: 'All that a subject reaches, or all who reach a resource',
        description:
          'One row for each action and type for which there is anybody or anything, of the names that policies, relationships and the directory know. `complete` is false where there may be others.',
        body: reportBody,
        response: { 200: reportAnswer, ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { subject, resource, subjectTypes, limit } = request.body;
      const report =
        resource === undefined
          ? await reportReach(deps, { tenantId, subject: demandGiven(subject), limit })
          : await reportReached(deps, { tenantId, resource, subjectTypes, limit });
      return { finished: report.finished, rows: report.rows.map((row) => ({ ...row, ids: [...row.ids] })) };
    },
  );
}

/** The schema has seen to it that one of both is there. */
function demandGiven<T>(value: T | undefined): T {
  if (value === undefined) throw baseErrors.invalid_input();
  return value;
}

/** JSON has no integers beyond 2^53: they go as text. */
function prismaSafe(rendered: ReturnType<typeof filterResources>): z.input<typeof filterAnswer> {
  const text = JSON.stringify(rendered, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return JSON.parse(text) as z.input<typeof filterAnswer>;
}

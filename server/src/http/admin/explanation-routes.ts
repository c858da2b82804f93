import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type DecisionFilter,
  explainLogged,
  findDecision,
  type LoggedDecision,
  listDecisions,
  type SearchDeps,
} from '#authz';
import type { Store } from '#store';
import { callerOf } from '../access.ts';
import { httpErrors } from '../errors.ts';
import { failures, instant } from './answers.ts';
import { decided, explainedAnswer, suggestionAnswer } from './explanation-answer.ts';
import { toSuggestion } from './what-if-route.ts';

export interface ExplanationRoutesDeps extends Pick<SearchDeps, 'authorizer' | 'facts'> {
  store: Pick<Store, 'transaction'>;
}

const loggedAnswer = z.object({
  decisionId: z.string(),
  at: instant,
  source: z.string(),
  request: z.looseObject({}).describe('What was asked, as policies saw it; what looks like a secret is left out.'),
  decision: decided,
  incomplete: z.boolean().describe('Something of the request was not kept.'),
});
const explanationAnswer = z.object({
  logged: loggedAnswer,
  now: decided.describe('The same question, decided now.'),
  outdated: z.boolean().describe('It is decided otherwise now.'),
  ...explainedAnswer,
  changes: z
    .array(z.array(z.string()))
    .describe('Each of these sets of changes would make it an allow; each was tried.'),
  suggestions: z.array(suggestionAnswer),
});
const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  from: z.coerce.number().int().min(0).optional(),
  to: z.coerce.number().int().min(0).optional(),
  allowed: flag(),
  shadowDiffers: flag(),
});

/** The decision log: what was decided, why, and what would change it. For operators. */
export function explanationRoutes(plain: FastifyInstance, deps: ExplanationRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['decisions'];

  server.get(
    '/decisions',
    {
      config: { permission: 'decisions:read', confines: true },
      schema: {
        tags,
        summary: 'Decisions that were kept, newest first',
        description: '`shadowDiffers=true`: those that policies on trial would have decided otherwise.',
        querystring: listQuery,
        response: { 200: z.object({ items: z.array(loggedAnswer) }), ...failures },
      },
    },
    async (request) => {
      const filter: DecisionFilter & { limit: number } = request.query;
      const items = await listDecisions(deps, { ...place(request), ...filter });
      return { items: items.map(toLogged) };
    },
  );

  server.get(
    '/decisions/:decisionId/explanation',
    {
      config: { permission: 'decisions:read', confines: true },
      schema: {
        tags,
        summary: 'Why a decision came out as it did, and what would change it',
        params: z.strictObject({ decisionId: z.string().min(1).max(128) }),
        response: { 200: explanationAnswer, ...failures },
      },
    },
    async (request) => {
      const { decisionId } = request.params;
      const logged = await findDecision(deps, { ...place(request), decisionId });
      if (logged === undefined) throw httpErrors.explanation_not_found();
      const { decision: now, outdated, policies, relationships, changes, ...more } = explainLogged(deps, logged);
      const suggestions = more.suggestions.map(toSuggestion);
      const answer = { logged: toLogged(logged), now, outdated, policies, relationships, changes, suggestions };
      // Plain data, whatever of it is read-only.
      return JSON.parse(JSON.stringify(answer)) as z.input<typeof explanationAnswer>;
    },
  );
}

function flag() {
  return z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional();
}

function toLogged({ tenantId: _, request, decision, ...logged }: LoggedDecision): z.input<typeof loggedAnswer> {
  return JSON.parse(JSON.stringify({ ...logged, request, decision })) as z.input<typeof loggedAnswer>;
}

function place(request: FastifyRequest): { tenantId: string; organizationId?: string } {
  const { tenantId, organizationId } = callerOf(request).principal;
  return { tenantId, ...(organizationId === undefined ? {} : { organizationId }) };
}

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type SearchResult, searchActions, searchResources, searchSubjects } from '#authz';
import { callerOf } from '../access.ts';
import type { AuthZenDeps } from './authzen-deps.ts';
import { actionSearchForm, resourceSearchForm, subjectSearchForm } from './wire-forms.ts';

const tags = ['decisions'];
const config = { permission: 'decisions:search' };
const answerOf = <T extends z.ZodType>(item: T) =>
  z.object({
    page: z.object({ next_token: z.string(), count: z.int() }),
    context: z.object({ complete: z.boolean(), reason: z.string().optional() }),
    results: z.array(item),
  });
const named = answerOf(z.object({ type: z.string(), id: z.string() }));
const description =
  'A page at a time, while `page.next_token` is not empty. `context.complete` says whether these are all there are: where policies look at attributes that this house does not know, they are not.';

/** AuthZEN §8: who may, on what, and what. */
export function searchRoutes(plain: FastifyInstance, deps: AuthZenDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();

  server.post(
    '/access/v1/search/subject',
    {
      config,
      schema: { tags, summary: 'Who may do this?', description, body: subjectSearchForm, response: { 200: named } },
    },
    async (request) => toAnswer(await searchSubjects(deps, { tenantId: tenantOf(request), ...request.body })),
  );

  server.post(
    '/access/v1/search/resource',
    {
      config,
      schema: {
        tags,
        summary: 'What may this subject do it to?',
        description,
        body: resourceSearchForm,
        response: { 200: named },
      },
    },
    async (request) => toAnswer(await searchResources(deps, { tenantId: tenantOf(request), ...request.body })),
  );

  server.post(
    '/access/v1/search/action',
    {
      config,
      schema: {
        tags,
        summary: 'What may this subject do here?',
        description,
        body: actionSearchForm,
        response: { 200: answerOf(z.object({ name: z.string() })) },
      },
    },
    async (request) => toAnswer(await searchActions(deps, { tenantId: tenantOf(request), ...request.body })),
  );
}

function tenantOf(request: Parameters<typeof callerOf>[0]): string {
  return callerOf(request).principal.tenantId;
}

function toAnswer<T>({ results, nextToken, complete, reason }: SearchResult<T>) {
  return {
    page: { next_token: nextToken, count: results.length },
    context: { complete: complete && nextToken === '', ...(reason === undefined ? {} : { reason }) },
    results,
  };
}

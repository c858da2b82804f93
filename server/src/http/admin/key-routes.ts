import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  API_KEY_STATES,
  apiKeyChangeSchema,
  changeApiKey,
  getApiKey,
  type IssueApiKeyDeps,
  issueApiKey,
  listApiKeys,
  newApiKeySchema,
  quarantineApiKey,
  releaseApiKey,
  revokeApiKey,
  rotateApiKey,
} from '#apikeys';
import { LIMITS } from '#base';
import { holdOrganization } from '#directory';
import { callerOf, placeOf } from '../access.ts';
import { failures, pageOf, pageQuery } from './answers.ts';
import { keyAnswer, toAnswer } from './key-answer.ts';
import { type DeclaredApis, warnOfScopes } from './key-warnings.ts';

export interface KeyRoutesDeps extends IssueApiKeyDeps {
  declaredApis: DeclaredApis;
}

const DAY_MILLISECONDS = 86_400_000;
const TEN_YEARS_SECONDS = 10 * 365 * 24 * 3600;

const issuedAnswer = keyAnswer.extend({ key: z.string().describe('the key itself: shown this once') });
const rotatedAnswer = issuedAnswer.extend({ previous: keyAnswer });
const newAnswer = issuedAnswer.extend({
  warnings: z
    .array(z.object({ code: z.string(), path: z.string(), message: z.string() }))
    .describe('what of it is probably a mistake: a scope that is one letter from a declared one'),
});
const newKey = newApiKeySchema.omit({ expiresAt: true }).extend({
  expiresInSeconds: z.int().min(1).max(TEN_YEARS_SECONDS).optional(),
  organization: z.string().min(1).max(64).optional().describe('by name or id: the key is confined to it'),
});
const idParam = z.strictObject({ id: z.string().min(1).max(64) });
const listQuery = pageQuery.extend({
  environment: z.enum(['live', 'test']).optional(),
  ownerId: z.string().max(128).optional(),
  tag: z.string().max(63).optional(),
  plan: z.string().max(63).optional().describe('only those on this plan, by its name'),
  state: z.enum(API_KEY_STATES).optional().describe('`rotated`: works still, beside the key that takes its place'),
  search: z
    .string()
    .max(200)
    .optional()
    .describe(
      'words, each of which stands anywhere in the name, the beginning or end of the key as `display` shows them, the description, the contact, the plan, a tag, a scope or a role, or is the beginning of the key’s id or its owner’s. Never a key itself: addresses are written into logs',
    ),
  unusedForDays: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .optional()
    .describe('only those that live and that nobody used for so long'),
});
const reason = z.string().trim().min(1).max(LIMITS.textLengthMax);
const revocation = z.strictObject({ reason: reason.optional() });
const judgement = z.strictObject({ reason });
const OVERLAP_DEFAULT_SECONDS = 86_400;
const OVERLAP_MAX_SECONDS = 90 * 86_400;
const rotation = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(OVERLAP_MAX_SECONDS)
    .default(OVERLAP_DEFAULT_SECONDS)
    .describe('For so long both keys work; 0 ends the old one at once.'),
  expiresInSeconds: z
    .int()
    .min(1)
    .max(TEN_YEARS_SECONDS)
    .optional()
    .describe('When the new key ends. Left out: it gets as long a life as the old one was given.'),
});

export function keyRoutes(plain: FastifyInstance, deps: KeyRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['keys'];

  server.post(
    '/keys',
    {
      config: { permission: 'keys:write', confines: true, issues: true },
      schema: {
        tags,
        summary: 'Issue an API key',
        description: 'Its roles and scopes must not go beyond those of the credential that asks.',
        body: newKey,
        response: { 201: newAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const { expiresInSeconds, organization, ...wanted } = request.body;
      const { tenantId } = callerOf(request).principal;
      const inside =
        organization &&
        (await deps.store.transaction({ tenantId }, (tx) => holdOrganization(tx, { tenantId, organization })));
      const issued = await issueApiKey(deps, {
        ...placeOf(request),
        ...(inside === undefined || inside === '' ? {} : { organizationId: inside.id }),
        ...wanted,
        ...(expiresInSeconds === undefined ? {} : { expiresAt: deps.clock.now() + expiresInSeconds * 1000 }),
        actor: callerOf(request).principal,
      });
      return reply
        .code(201)
        .header('location', `/api/v1/keys/${issued.apiKey.id}`)
        .send({
          ...toAnswer(issued.apiKey),
          key: issued.key,
          warnings: warnOfScopes(deps.declaredApis, callerOf(request), issued.apiKey.scopes),
        });
    },
  );

  server.get(
    '/keys',
    {
      config: { permission: 'keys:read', confines: true },
      schema: {
        tags,
        summary: 'List API keys, newest first',
        querystring: listQuery,
        response: { 200: pageOf(keyAnswer), ...failures },
      },
    },
    async (request) => {
      const { limit, cursor, environment, ownerId, tag, plan, state, search, unusedForDays } = request.query;
      const now = deps.clock.now();
      const page = await listApiKeys(deps, {
        ...placeOf(request),
        limit,
        ...(cursor === undefined ? {} : { after: cursor }),
        ...(environment === undefined ? {} : { environment }),
        ...(ownerId === undefined ? {} : { ownerId }),
        ...(tag === undefined ? {} : { tag }),
        ...(plan === undefined ? {} : { plan }),
        ...(state === undefined ? {} : { state: { state, now } }),
        ...(search === undefined ? {} : { search }),
        ...(unusedForDays === undefined ? {} : { unused: { since: now - unusedForDays * DAY_MILLISECONDS, now } }),
      });
      return { items: page.items.map(toAnswer), nextCursor: page.next ?? null };
    },
  );

  server.get(
    '/keys/:id',
    {
      config: { permission: 'keys:read', confines: true },
      schema: {
        tags,
        summary: 'Read one API key, without the key itself',
        params: idParam,
        response: { 200: keyAnswer, ...failures },
      },
    },
    async (request) => toAnswer(await getApiKey(deps, { ...placeOf(request), id: request.params.id })),
  );

  server.patch(
    '/keys/:id',
    {
      config: { permission: 'keys:write', confines: true },
      schema: {
        tags,
        summary: 'Change what is known of an API key, and where it may be used',
        description:
          'What it may do is for its whole life. `null` takes a value away; `restrictions` replaces all of them.',
        params: idParam,
        body: apiKeyChangeSchema,
        response: { 200: keyAnswer, ...failures },
      },
    },
    async (request) => toAnswer(await changeApiKey(deps, { ...key(request), ...request.body })),
  );

  server.post(
    '/keys/:id/rotate',
    {
      config: { permission: 'keys:write', confines: true, issues: true },
      schema: {
        tags,
        summary: 'Give an API key a successor; for a while both work',
        params: idParam,
        body: rotation,
        response: { 201: rotatedAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const { overlapSeconds, expiresInSeconds } = request.body;
      const rotated = await rotateApiKey(deps, {
        ...key(request),
        overlapMilliseconds: overlapSeconds * 1000,
        ...(expiresInSeconds === undefined ? {} : { expiresAt: deps.clock.now() + expiresInSeconds * 1000 }),
      });
      return reply
        .code(201)
        .header('location', `/api/v1/keys/${rotated.apiKey.id}`)
        .send({ ...toAnswer(rotated.apiKey), key: rotated.key, previous: toAnswer(rotated.previous) });
    },
  );

  server.post(
    '/keys/:id/quarantine',
    {
      config: { permission: 'keys:write', confines: true },
      schema: {
        tags,
        summary: 'Set an API key aside: refused everywhere until it is released',
        params: idParam,
        body: judgement,
        response: { 200: keyAnswer, ...failures },
      },
    },
    async (request) => toAnswer(await quarantineApiKey(deps, { ...key(request), reason: request.body.reason })),
  );

  server.post(
    '/keys/:id/release',
    {
      config: { permission: 'keys:write', confines: true },
      schema: {
        tags,
        summary: 'Let an API key that was set aside work again',
        params: idParam,
        body: judgement,
        response: { 200: keyAnswer, ...failures },
      },
    },
    async (request) => toAnswer(await releaseApiKey(deps, { ...key(request), reason: request.body.reason })),
  );

  server.post(
    '/keys/:id/revoke',
    {
      config: { permission: 'keys:write', confines: true },
      schema: {
        tags,
        summary: 'End an API key, on every gateway at once',
        params: idParam,
        body: revocation,
        response: { 200: keyAnswer, ...failures },
      },
    },
    async (request) => {
      const { reason } = request.body;
      return toAnswer(await revokeApiKey(deps, { ...key(request), ...(reason === undefined ? {} : { reason }) }));
    },
  );
}

/** The key that is asked for, and who asks. */
function key(request: Parameters<typeof callerOf>[0] & { params: { id: string } }) {
  return { ...placeOf(request), actor: callerOf(request).principal, id: request.params.id };
}

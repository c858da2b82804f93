import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LIMITS } from '#base';
import {
  gatewayErrors,
  listUpstreamSecrets,
  removeUpstreamSecret,
  setUpstreamSecret,
  type UpstreamHealth,
  type UpstreamSecretDeps,
  type UpstreamSecretInfo,
} from '#gateway';
import { callerOf } from '../access.ts';
import { failures, instant } from './answers.ts';

export interface UpstreamRoutesDeps {
  upstreamSecrets: UpstreamSecretDeps;
  /** How the gateway in this process sees an upstream; absent where another process enforces. */
  upstreamHealth?: ((tenantId: string, name: string) => UpstreamHealth | undefined) | undefined;
}

const breaker = z.enum(['closed', 'open', 'half_open']);
const healthAnswer = z.object({
  name: z.string(),
  breaker: breaker.describe('of all targets together; `open`: callers are told at once that nothing works'),
  inFlight: z.int(),
  retries: z.int(),
  refused: z.int().describe('requests that were not sent to any target'),
  targets: z.array(
    z.object({
      url: z.string(),
      weight: z.int(),
      available: z.boolean().describe('may it get requests now'),
      healthy: z.boolean().describe('what active checks say'),
      ejection: breaker.describe('what requests that failed say'),
      inFlight: z.int(),
      requests: z.int(),
      failed: z.int(),
      ejections: z.int(),
      problem: z.string().describe('what the last active check found; empty when nothing'),
    }),
  ),
});

const nameParam = z.strictObject({ name: z.string().min(1).max(64) });
const secretParam = nameParam.extend({ secret: z.string().min(1).max(64) });
/** What a header may hold (RFC 9110 §5.5), without spaces around it, which a paste brings along. */
const secretValue = z
  .string()
  .min(1)
  .max(LIMITS.credentialLengthMax)
  .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, 'must be printable ASCII without spaces around it');
const origin = z
  .url({ protocol: /^https?$/ })
  .max(255)
  .refine((text) => URL.parse(text)?.origin === text, 'must be an origin, such as http://orders.internal:8080');
const secretAnswer = z.object({
  name: z.string(),
  origins: z
    .array(z.string())
    .nullable()
    .describe('where it may be sent; null: no value is set, or it was set before that was asked for'),
  setAt: instant.nullable().describe('null: no value is set, so requests that need it are refused'),
});

export function upstreamRoutes(plain: FastifyInstance, deps: UpstreamRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  secretRoutes(plain, deps);
  server.get(
    '/upstreams/:name/health',
    {
      config: { permission: 'upstreams:read' },
      schema: {
        tags: ['upstreams'],
        summary: 'How this process sees the targets of an upstream',
        params: nameParam,
        response: { 200: healthAnswer, ...failures },
      },
    },
    async (request) => {
      const health = deps.upstreamHealth?.(callerOf(request).principal.tenantId, request.params.name);
      if (health === undefined) throw gatewayErrors.upstream_not_found();
      return health;
    },
  );
}

/** Values go in and never come out. */
function secretRoutes(plain: FastifyInstance, { upstreamSecrets: deps }: UpstreamRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['upstreams'];

  server.get(
    '/upstreams/:name/secrets',
    {
      config: { permission: 'upstreams:read' },
      schema: {
        tags,
        summary: 'Which secrets an upstream declares, and since when each is set',
        params: nameParam,
        response: { 200: z.object({ items: z.array(secretAnswer) }), ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const items = await listUpstreamSecrets(deps, { tenantId, upstream: request.params.name });
      return { items: items.map(toSecretAnswer) };
    },
  );

  server.put(
    '/upstreams/:name/secrets/:secret',
    {
      config: { permission: 'upstreams:write' },
      schema: {
        tags,
        summary: 'Set a secret of an upstream, or another in its place',
        params: secretParam,
        body: z.strictObject({
          value: secretValue,
          also: z
            .array(origin)
            .max(64)
            .default([])
            .describe('origins that it may be sent to besides those of the present targets: targets to come'),
        }),
        response: { 200: secretAnswer, ...failures },
      },
    },
    async (request) => {
      const { principal } = callerOf(request);
      const { name: upstream, secret: name } = request.params;
      const place = { tenantId: principal.tenantId, upstream, name };
      return toSecretAnswer(await setUpstreamSecret(deps, { ...place, ...request.body, actor: principal }));
    },
  );

  server.delete(
    '/upstreams/:name/secrets/:secret',
    {
      config: { permission: 'upstreams:write' },
      schema: {
        tags,
        summary: 'Remove a secret of an upstream: requests that need it are refused',
        params: secretParam,
        response: { 204: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      const { principal } = callerOf(request);
      const { name: upstream, secret: name } = request.params;
      await removeUpstreamSecret(deps, { tenantId: principal.tenantId, upstream, name, actor: principal });
      return reply.code(204).send(null);
    },
  );
}

function toSecretAnswer({ name, setAt, origins }: UpstreamSecretInfo) {
  return { name, setAt: setAt ?? null, origins: origins === undefined ? null : [...origins] };
}

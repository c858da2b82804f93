import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ApiDocumentSpec, describedApi, findDrift, gatewayErrors, publicDocument } from '#gateway';
import type { ResourceSnapshot } from '#resources';
import type { Store } from '#store';
import { ANY_CALLER, callerOf } from '../access.ts';
import { failures, instant } from './answers.ts';

export interface ApiDocumentRoutesDeps {
  store: Pick<Store, 'transaction'>;
  apiDocuments: Pick<ResourceSnapshot<ApiDocumentSpec>, 'all'>;
  /** Writes down what the gateway in this process has counted. */
  flushTraffic: () => Promise<void>;
}

const nameParam = z.strictObject({ name: z.string().min(1).max(64) });
const document = z.record(z.string(), z.unknown());
const describedAnswer = z.object({
  name: z.string(),
  title: z.string(),
  version: z.string(),
  operations: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      summary: z.string().optional(),
      scopes: z.array(z.string()),
    }),
  ),
});

const seen = { count: z.int(), lastSeen: instant };
const driftAnswer = z.object({
  lastSeen: instant.nullable().describe('when anything at all was seen'),
  undocumented: z
    .array(
      z.object({
        what: z.enum(['operation', 'query', 'status', 'content_type']),
        operation: z.string(),
        name: z.string().describe('of the parameter, the status, the status and its content type'),
        ...seen,
      }),
    )
    .describe('seen, and not described'),
  unseen: z
    .array(z.object({ what: z.enum(['operation', 'query', 'status']), operation: z.string(), name: z.string() }))
    .describe('described, and never seen'),
  violations: z.array(z.object({ operation: z.string(), ...seen })).describe('requests that were not as described'),
});

/** The descriptions of APIs: whole for operators; those that are listed for everybody, without what is ours alone. */
export function apiDocumentRoutes(plain: FastifyInstance, deps: ApiDocumentRoutesDeps): void {
  const { apiDocuments } = deps;
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['apis'];
  const describing = (tenantId: string, api: string) => {
    const found = apiDocuments.all(tenantId).find(({ spec }) => spec.api === api);
    if (found === undefined) throw gatewayErrors.api_not_described();
    return found;
  };

  server.get(
    '/apis/:name/openapi',
    {
      config: { permission: 'api_documents:read' },
      schema: {
        tags,
        summary: 'The OpenAPI document that describes an API, as it was applied',
        params: nameParam,
        response: { 200: document, ...failures },
      },
    },
    async (request) => describing(callerOf(request).principal.tenantId, request.params.name).spec.document,
  );

  server.get(
    '/apis/:name/drift',
    {
      config: { permission: 'api_documents:read' },
      schema: {
        tags,
        summary: 'Where the description of an API and its traffic differ',
        description: 'Of the last 90 days. What another process saw is there within half a minute.',
        params: nameParam,
        response: { 200: driftAnswer, ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const found = describing(tenantId, request.params.name);
      await deps.flushTraffic();
      const { lastSeen, ...drift } = await findDrift(deps, { tenantId, document: found });
      return JSON.parse(JSON.stringify({ lastSeen: lastSeen ?? null, ...drift })) as z.input<typeof driftAnswer>;
    },
  );

  server.get(
    '/described-apis',
    {
      config: { permission: ANY_CALLER, confines: true },
      schema: {
        tags,
        summary: 'APIs that are listed for those who build on them, with their calls',
        response: { 200: z.object({ items: z.array(describedAnswer) }), ...failures },
      },
    },
    async (request) => {
      const listed = apiDocuments.all(callerOf(request).principal.tenantId).filter(({ spec }) => spec.listed);
      const items = listed.map(({ spec: { api, document: found, prefix } }) => describedApi(api, found, prefix));
      return { items: items.map((item) => JSON.parse(JSON.stringify(item)) as z.input<typeof describedAnswer>) };
    },
  );

  server.get(
    '/described-apis/:name',
    {
      config: { permission: ANY_CALLER, confines: true },
      schema: {
        tags,
        summary: 'The OpenAPI document of a listed API, without what is internal',
        description: 'Extensions (`x-…`), what is marked `x-internal` and the addresses of the service are left out.',
        params: nameParam,
        response: { 200: document, ...failures },
      },
    },
    async (request) => {
      const { spec } = describing(callerOf(request).principal.tenantId, request.params.name);
      // That there is one which is not listed is nobody's business.
      if (!spec.listed) throw gatewayErrors.api_not_described();
      return publicDocument(spec.document, spec.prefix);
    },
  );
}

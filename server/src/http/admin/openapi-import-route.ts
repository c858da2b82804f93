import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LIMITS, parse } from '#base';
import { IMPORT_WARNINGS, importDocument, importWarnings, routeKind } from '#gateway';
import { exportResources, NAME_PATTERN, NAME_RULE, readPermission, readYaml } from '#resources';
import { callerOf } from '../access.ts';
import { httpErrors } from '../errors.ts';
import { failures } from './answers.ts';
import type { ResourceRoutesDeps } from './resource-routes.ts';

const body = z.strictObject({
  text: z.string().max(LIMITS.adminBodyBytesMax).describe('the document, OpenAPI 3.1, as YAML or JSON'),
  api: z
    .string()
    .regex(NAME_PATTERN, `must be ${NAME_RULE}`)
    .describe('the API that the routes belong to; their names begin with it'),
  upstream: z
    .string()
    .min(1)
    .max(LIMITS.urlLengthMax)
    .describe('where requests go: an address, or the name of an upstream'),
  audience: z
    .string()
    .max(LIMITS.urlLengthMax)
    .optional()
    .describe('declares the API too, with the scopes of the document; left out where it is there already'),
  prefix: z
    .string()
    .max(200)
    .regex(/^(\/[^?#\s]*)?$/, 'must begin with a slash')
    .optional()
    .describe('in front of every path'),
  validate: z.enum(['off', 'report', 'enforce']).default('enforce').describe('what is not as described'),
  listed: z.boolean().default(false).describe('whoever signs in to the portal may read the document'),
  anonymous: z.boolean().default(false).describe('operations without security are open to everyone'),
});
const answer = z.object({
  title: z.string(),
  version: z.string(),
  resources: z
    .array(z.object({ kind: z.string(), name: z.string(), spec: z.record(z.string(), z.unknown()) }))
    .describe('as `/apply` takes them; empty where there are problems'),
  scopes: z.record(z.string(), z.string()).describe('what its operations ask for, with what it says of each'),
  problems: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .describe('what the document leaves open or no route can say; with one of them nothing is to be imported'),
  warnings: z.array(z.object({ code: z.enum(IMPORT_WARNINGS), routes: z.array(z.string()) })),
});

/** For whoever imports a description of an API: what would it be here, before anything is? */
export function openApiImportRoute(plain: FastifyInstance, deps: ResourceRoutesDeps): void {
  plain.withTypeProvider<ZodTypeProvider>().post(
    '/openapi/resources',
    {
      config: { permission: 'api_documents:read' },
      schema: {
        tags: ['apis'],
        summary: 'The routes and scopes that an OpenAPI document describes',
        description:
          'Writes nothing: send `resources` to `/apply`, with `dryRun=true` to see what would change. Routes that are left of an import before are named to callers with `routes:read`.',
        body,
        response: { 200: answer, ...failures },
      },
    },
    async (request) => {
      const { text, ...target } = request.body;
      const [document, ...others] = readYaml(text);
      if (others.length > 0) throw httpErrors.description_not_one();
      const { resources, scopes, problems } = importDocument(document?.value, target);
      const standing = await routesKnownTo(request);
      const { title, version } = infoOf(document?.value);
      return {
        title,
        version,
        resources: problems.length > 0 ? [] : (resources as z.input<typeof answer>['resources']),
        scopes,
        problems: [...problems],
        warnings: importWarnings({ resources }, target.api, standing),
      };
    },
  );

  async function routesKnownTo(request: FastifyRequest) {
    const caller = callerOf(request);
    const kind = deps.kinds.find(routeKind.kind);
    if (kind === undefined || !caller.holds(readPermission(kind))) return [];
    const { documents } = await exportResources(deps, { caller, kinds: [kind] });
    return documents.map(({ name, spec }) => ({ name, spec: parse(routeKind.schema, spec) }));
  }
}

const described = z.looseObject({ info: z.looseObject({ title: z.coerce.string(), version: z.coerce.string() }) });

function infoOf(document: unknown): { title: string; version: string } {
  const { success, data } = described.safeParse(document);
  return success ? data.info : { title: '', version: '' };
}

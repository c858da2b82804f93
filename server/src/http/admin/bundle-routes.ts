import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  applyResources,
  exportResources,
  exportToYaml,
  type Kind,
  type Kinds,
  planResources,
  type ResourceDocument,
  readPlainDocuments,
  readYamlDocuments,
  resourcesErrors,
} from '#resources';
import { callerOf } from '../access.ts';
import { httpErrors } from '../errors.ts';
import { entityTag, readTags } from '../preconditions.ts';
import { failures } from './answers.ts';
import type { ResourceRoutesDeps } from './resource-routes.ts';
import { warningFields } from './warning-answer.ts';

/** RFC 9512, and two names that were used before it. */
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'];
const REVISION_TAG = /^revision-(\d{1,15})$/;

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');
const applyQuery = z.strictObject({
  dryRun: flag.describe('plan: show what would change, and change nothing'),
  strict: flag.describe('refuse what is warned of, and what can not be looked at for want of a permission'),
  prune: z
    .string()
    .max(1000)
    .default('false')
    .describe('`true`: delete whatever the documents do not name; or only of these kinds, separated by commas'),
});
const exportQuery = z.strictObject({
  kind: z.string().max(1000).optional().describe('only these kinds, separated by commas'),
  name: z.string().max(63).optional().describe('only resources of this name'),
});
const applyAnswer = z.object({
  applied: z.boolean(),
  revision: z.int(),
  summary: z.record(z.enum(['create', 'update', 'delete', 'unchanged']), z.int()),
  changes: z.array(
    z.object({
      action: z.enum(['create', 'update', 'delete', 'unchanged']),
      kind: z.string(),
      name: z.string(),
      version: z.int(),
      diff: z.string().describe('unified diff of the YAML'),
    }),
  ),
  ...warningFields,
});

/** Many resources at once. A plugin of its own, because only here YAML is taken. */
export function bundleRoutes(deps: ResourceRoutesDeps): FastifyPluginAsync {
  return async (plain: FastifyInstance) => {
    plain.addContentTypeParser(
      YAML_TYPES,
      { parseAs: 'string' },
      async (_request: FastifyRequest, text: string) => new YamlText(text),
    );
    const server = plain.withTypeProvider<ZodTypeProvider>();

    server.post(
      '/apply',
      {
        // A plan changes nothing, so a credential that may only look can check a change before it is merged.
        config: { permission: (request) => (isDryRun(request) ? 'resources:read' : 'resources:write') },
        schema: {
          tags: ['resources'],
          summary: 'Make resources so, all or nothing',
          description:
            'Takes application/json `{"documents": [{"kind", "name", "spec"}]}` or application/yaml. Needs `resources:write` (`resources:read` for a dry run), and for each kind that changes its own write permission. A dry run answers with an ETag; sent as If-Match, it makes the apply do what was shown or nothing. `warnings` tell what is probably a mistake; they stop nothing.',
          querystring: applyQuery,
          response: { 200: applyAnswer, ...failures },
        },
      },
      async (request, reply) => {
        const { dryRun, prune, strict } = request.query;
        const revision = readRevision(request.headers['if-match']);
        const input = {
          caller: callerOf(request),
          documents: readBody(deps.kinds, request.body),
          prune: chosenKinds(deps.kinds, prune),
          strict,
          ...(revision === undefined ? {} : { expectedRevision: revision }),
        };
        const result = await (dryRun ? planResources(deps, input) : applyResources(deps, input));
        const { changes, warnings, warningsLeftOut, warningsNeed } = result;
        const summary = { create: 0, update: 0, delete: 0, unchanged: 0 };
        for (const { action } of changes) summary[action] += 1;
        reply.header('etag', revisionTag(result.revision));
        return {
          applied: !dryRun,
          revision: result.revision,
          summary,
          changes,
          warnings,
          warningsLeftOut,
          warningsNeed,
        };
      },
    );

    server.get(
      '/export',
      {
        config: { permission: 'resources:read' },
        schema: {
          tags: ['resources'],
          summary: 'Every resource, as documents that apply takes',
          description: 'YAML or JSON by the Accept header. Needs the read permission of each kind besides.',
          querystring: exportQuery,
        },
      },
      async (request, reply) => {
        const { kind, name } = request.query;
        const kinds = kind === undefined ? deps.kinds.all : chosenKinds(deps.kinds, kind);
        const exported = await exportResources(deps, { caller: callerOf(request), kinds });
        const documents = exported.documents.filter((each) => name === undefined || each.name === name);
        if (name !== undefined && documents.length === 0) throw resourcesErrors.resource_not_found();
        reply.header('etag', revisionTag(exported.revision)).header('vary', 'accept');
        if (!wantsYaml(request.headers.accept)) return { revision: exported.revision, documents };
        return reply.type('application/yaml').send(exportToYaml(kinds, documents));
      },
    );
  };
}

/** Tells a YAML body from a JSON body that happens to be a string. */
class YamlText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const jsonBody = z.strictObject({ documents: z.array(z.unknown()) });

function readBody(kinds: Kinds, body: unknown): ResourceDocument[] {
  if (body instanceof YamlText) return readYamlDocuments(kinds, body.text);
  const result = jsonBody.safeParse(body);
  if (!result.success) throw httpErrors.documents_missing();
  return readPlainDocuments(kinds, result.data.documents);
}

/** `true`, `false`, or names of kinds. @throws `kind_unknown` */
function chosenKinds(kinds: Kinds, text: string): readonly Kind[] {
  if (text === 'true') return kinds.all;
  if (text === 'false' || text === '') return [];
  return [...new Set(text.split(','))].map((name) => kinds.get(name.trim()));
}

function isDryRun({ query }: FastifyRequest): boolean {
  return (query as Record<string, unknown>).dryRun === 'true';
}

function revisionTag(revision: number): string {
  return entityTag(`revision-${revision}`);
}

function readRevision(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const [tag] = readTags(header);
  const revision = REVISION_TAG.exec(tag ?? '')?.[1];
  if (revision === undefined) throw httpErrors.precondition_malformed();
  return Number(revision);
}

function wantsYaml(accept: string | undefined): boolean {
  return accept !== undefined && YAML_TYPES.some((type) => accept.toLowerCase().includes(type));
}

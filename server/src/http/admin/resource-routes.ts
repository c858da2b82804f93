import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LIMITS } from '#base';
import {
  type ApplyDeps,
  deleteResource,
  getResource,
  type JsonSchema,
  type Kind,
  type Kinds,
  listResources,
  NAME_PATTERN,
  NAME_RULE,
  orderFields,
  putResource,
  type Resource,
  readPermission,
  readSpec,
  resourceTag,
  writePermission,
} from '#resources';
import { callerOf } from '../access.ts';
import { httpErrors } from '../errors.ts';
import { entityTag, isKnown, readPreconditions } from '../preconditions.ts';
import { failures, instant, pageOf, pageQuery } from './answers.ts';
import { nameCursor } from './cursors.ts';

export interface ResourceRoutesDeps extends ApplyDeps {
  kinds: Kinds;
}

const nameParam = z.strictObject({
  name: z.string().regex(NAME_PATTERN, `must be ${NAME_RULE}`),
});

const search = z
  .string()
  .max(LIMITS.nameLengthMax * 2)
  .optional()
  .describe(
    'Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands.',
  );

const refersTo = z
  .string()
  .max(LIMITS.nameLengthMax * 2)
  .regex(/^[a-z_]+\/[a-z0-9-]+$/, 'must be a kind and a name, for example plan/gold')
  .optional()
  .describe('Only those that refer to this resource, for example `plan/gold`.');

/** Routes for every kind there is, from its declaration alone; and the list of kinds. */
export function resourceRoutes(server: FastifyInstance, deps: ResourceRoutesDeps): void {
  kindsRoute(server, deps);
  for (const kind of deps.kinds.all) kindRoutes(server, deps, kind);
}

function kindsRoute(server: FastifyInstance, { kinds }: ResourceRoutesDeps): void {
  const summary = z.object({
    kind: z.string(),
    plural: z.string(),
    description: z.string(),
    permissions: z.array(z.string()),
    builtIns: z.array(z.string()),
    schema: z.record(z.string(), z.unknown()).describe('JSON Schema of the spec'),
  });
  const describeAll = () =>
    kinds.all.map((kind) => ({
      kind: kind.kind,
      plural: kind.plural,
      description: kind.description,
      permissions: [readPermission(kind), writePermission(kind)],
      builtIns: [...kind.builtIns.keys()],
      schema: kind.jsonSchema(),
    }));
  server.withTypeProvider<ZodTypeProvider>().get(
    '/kinds',
    {
      config: { public: 'the schemas are the same in every installation, and published' },
      schema: {
        tags: ['resources'],
        summary: 'The kinds of resources, with the schema of each',
        response: { 200: z.object({ items: z.array(summary) }) },
      },
    },
    async () => ({ items: describeAll() }),
  );
}

function kindRoutes(plain: FastifyInstance, deps: ResourceRoutesDeps, kind: Kind): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const path = `/${kind.plural}`;
  const { answer, body } = schemasOf(kind);
  const tags = [kind.plural];
  // Of what organizations may own, each sees and writes its own.
  const confines = kind.ownedBy === undefined ? {} : { confines: true as const };
  const reading = { permission: readPermission(kind), ...confines };
  const writing = { permission: writePermission(kind), ...confines };

  server.get(
    path,
    {
      config: reading,
      schema: {
        tags,
        summary: `List ${kind.plural} by name`,
        querystring: pageQuery.extend({ search, refersTo }),
        response: { 200: pageOf(answer), ...failures },
      },
    },
    async (request) => {
      const { limit, cursor, search: wanted, refersTo: target } = request.query;
      const [targetKind = '', targetName = ''] = target?.split('/') ?? [];
      const { tenantId } = callerOf(request).principal;
      const page = await listResources(deps, {
        tenantId,
        kind,
        limit,
        search: wanted,
        ...(target === undefined ? {} : { refersTo: { kind: targetKind, name: targetName } }),
        ...(cursor === undefined ? {} : { after: nameCursor.read(cursor) }),
      });
      return {
        items: page.items.map((item) => toAnswer(kind, item)),
        nextCursor: page.next === undefined ? null : nameCursor.write(page.next),
      };
    },
  );

  server.get(
    `${path}/:name`,
    {
      config: reading,
      schema: {
        tags,
        summary: `Read one ${kind.kind}; its ETag names this state`,
        params: nameParam,
        response: { 200: answer, 304: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      const { tenantId } = callerOf(request).principal;
      const resource = await getResource(deps, { tenantId, kind, name: request.params.name });
      tag(reply, resource);
      return isKnown(request.headers, resourceTag(resource)) ? reply.code(304).send(null) : toAnswer(kind, resource);
    },
  );

  server.put(
    `${path}/:name`,
    {
      config: writing,
      schema: {
        tags,
        summary: `Create or replace one ${kind.kind}`,
        description:
          'Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating.',
        params: nameParam,
        body,
        response: { 200: answer, 201: answer, ...failures },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      if ((request.body.kind ?? kind.kind) !== kind.kind || (request.body.name ?? name) !== name)
        throw httpErrors.name_mismatch();
      const expected = readPreconditions(request.headers);
      const document = readSpec(deps.kinds, kind, name, request.body.spec);
      const { action, resource } = await putResource(deps, {
        caller: callerOf(request),
        document,
        ...(expected === undefined ? {} : { expected }),
      });
      tag(reply, resource);
      return reply.code(action === 'create' ? 201 : 200).send(toAnswer(kind, resource));
    },
  );

  server.delete(
    `${path}/:name`,
    {
      config: writing,
      schema: {
        tags,
        summary: `Delete one ${kind.kind}, unless others refer to it`,
        params: nameParam,
        response: { 204: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      const expected = readPreconditions(request.headers);
      if (expected === 'absent') throw httpErrors.precondition_malformed();
      await deleteResource(deps, {
        caller: callerOf(request),
        kind,
        name: request.params.name,
        ...(expected === undefined ? {} : { expected }),
      });
      return reply.code(204).send(null);
    },
  );
}

/** The kind's own schema describes the spec; it is checked by the kind, which gives better errors than a body schema can. */
function schemasOf(kind: Kind) {
  const spec = z.lazy(() => {
    const { $schema: _, ...shape } = kind.jsonSchema() as JsonSchema & { $schema?: string };
    return z.unknown().meta(shape);
  });
  const answer = z.object({
    kind: z.string(),
    id: z.string(),
    name: z.string(),
    spec,
    version: z.int(),
    createdAt: instant.nullable().describe('null for what is part of the program'),
    updatedAt: instant.nullable(),
    builtIn: z.boolean().describe('part of the program: can be neither changed nor deleted'),
  });
  return { answer, body: z.strictObject({ kind: z.string().optional(), name: z.string().optional(), spec }) };
}

/** Whose it is stands in the spec, by name. */
function toAnswer(kind: Kind, { tenantId: _, organizationId: __, ...resource }: Resource) {
  const times = resource.builtIn ? { createdAt: null, updatedAt: null } : {};
  return { ...resource, ...times, spec: orderFields(kind.jsonSchema(), resource.spec) };
}

function tag(reply: FastifyReply, resource: Resource): void {
  reply.header('etag', entityTag(resourceTag(resource)));
}

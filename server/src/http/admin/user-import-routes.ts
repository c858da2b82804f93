import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LIMITS } from '#base';
import {
  checkRecords,
  exportUsers,
  findImport,
  IMPORT_FORMATS,
  type ImportDeps,
  importRecords,
  listImportErrors,
  RECORDS_PER_BATCH_MAX,
  startUserImport,
} from '#signin';
import { callerOf } from '../access.ts';
import { failures } from './answers.ts';

export type UserImportRoutesDeps = ImportDeps;

const RECORDS_MAX = 10_000_000;

const format = z.enum(IMPORT_FORMATS).describe('ndjson is ours; the others are exports of those products');
const newImport = z.strictObject({
  key: z
    .string()
    .regex(/^[A-Za-z0-9_-]{8,128}$/, 'use 8 to 128 letters, digits, - and _')
    .describe('names what is imported, for example the digest of the file: the same again goes on where it stopped'),
  format,
});
const records = z.array(z.unknown()).min(1).max(RECORDS_PER_BATCH_MAX).describe('people, as the format has them');
const from = z.int().min(0).max(RECORDS_MAX).describe('how many records come before these');
const importAnswer = z.object({
  id: z.string(),
  format,
  recordsDone: z.int().describe('where it goes on'),
  created: z.int(),
  failed: z.int(),
});
const recordError = z.object({ record: z.int().describe('counted from 1'), code: z.string(), message: z.string() });
const idParam = z.strictObject({ id: z.string().min(1).max(64) });
const errorQuery = z.strictObject({
  after: z.coerce.number().int().min(0).max(RECORDS_MAX).default(0),
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSizeMax).default(LIMITS.pageSizeMax),
});

/**
 * People in bulk. An import goes in portions, each of which is done or not done, so that it can be broken off and taken up
 * at any record, and nobody's memory has to hold all of it. Not for organizations: whether an address is taken would tell.
 */
export function userImportRoutes(plain: FastifyInstance, deps: UserImportRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['people'];
  const config = { permission: 'users:write' };

  server.post(
    '/user-imports',
    {
      config,
      schema: {
        tags,
        summary: 'Begin an import of people, or find how far it has come',
        body: newImport,
        response: { 200: importAnswer, ...failures },
      },
    },
    (request) => startUserImport(deps, { tenantId: callerOf(request).principal.tenantId, ...request.body }),
  );

  server.post(
    '/user-imports/check',
    {
      config,
      schema: {
        tags,
        summary: 'What an import of these records would say; changes nothing',
        body: z.strictObject({ format, from, records }),
        response: { 200: z.object({ created: z.int(), failed: z.int(), errors: z.array(recordError) }), ...failures },
      },
    },
    (request) => {
      const actor = callerOf(request).principal;
      return checkRecords(deps, { tenantId: actor.tenantId, actor, ...request.body });
    },
  );

  server.get(
    '/user-imports/:id',
    {
      config,
      schema: { tags, summary: 'How far an import is', params: idParam, response: { 200: importAnswer, ...failures } },
    },
    (request) => findImport(deps, { tenantId: callerOf(request).principal.tenantId, id: request.params.id }),
  );

  server.post(
    '/user-imports/:id/records',
    {
      config,
      schema: {
        tags,
        summary: 'The next records of an import',
        description: 'All of them are done, or none. A bad record is reported by its number and holds up no other.',
        params: idParam,
        body: z.strictObject({ from, records }),
        response: { 200: importAnswer.extend({ errors: z.array(recordError) }), ...failures },
      },
    },
    (request) => {
      const actor = callerOf(request).principal;
      return importRecords(deps, { tenantId: actor.tenantId, actor, id: request.params.id, ...request.body });
    },
  );

  server.get(
    '/user-imports/:id/errors',
    {
      config,
      schema: {
        tags,
        summary: 'What went wrong in an import, by record',
        params: idParam,
        querystring: errorQuery,
        response: { 200: z.object({ items: z.array(recordError) }), ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { id } = await findImport(deps, { tenantId, id: request.params.id });
      return { items: await listImportErrors(deps, { tenantId, id, ...request.query }) };
    },
  );

  server.get(
    '/user-export',
    {
      // Everything about everybody in one answer: reading one person is less.
      config: { permission: 'users:write' },
      schema: {
        tags,
        summary: 'Everybody, one JSON document a line',
        description: 'In the form that an import reads. Written as fast as it is read. Password hashes are not in it.',
        response: { 200: z.any().describe('application/x-ndjson'), ...failures },
      },
    },
    (request, reply) => {
      const { tenantId } = callerOf(request).principal;
      return reply.type('application/x-ndjson').send(Readable.from(linesOf(exportUsers(deps, { tenantId }))));
    },
  );
}

async function* linesOf(people: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const person of people) yield `${JSON.stringify(person)}\n`;
}

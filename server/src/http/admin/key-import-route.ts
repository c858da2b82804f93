import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { foreignFormatSchema, type ImportKeysDeps, importForeignKeys } from '#apikeys';
import { callerOf } from '../access.ts';
import { failures } from './answers.ts';

export type KeyImportRouteDeps = ImportKeysDeps;

const RECORDS_MAX = 10_000_000;
/** Each is a transaction of its own: an answer within a second or two. */
const BATCH_MAX = 200;

const answer = z.object({
  created: z.int(),
  existing: z.int().describe('passed over: they are there already'),
  failed: z.int(),
  errors: z.array(z.object({ record: z.int().describe('counted from 1'), code: z.string(), message: z.string() })),
});

/** Keys of another system, by their hashes. Not for organizations: a format concerns every request of the tenant. */
export function keyImportRoute(plain: FastifyInstance, deps: KeyImportRouteDeps): void {
  plain.withTypeProvider<ZodTypeProvider>().post(
    '/keys/import',
    {
      config: { permission: 'keys:write' },
      schema: {
        tags: ['keys'],
        summary: 'Import keys that another system issued, by their hashes',
        description: 'What was imported already is passed over, so that an import that broke off is sent again.',
        body: z.strictObject({
          format: foreignFormatSchema,
          from: z.int().min(0).max(RECORDS_MAX).default(0).describe('how many records come before these'),
          records: z
            .array(z.unknown())
            .min(1)
            .max(BATCH_MAX)
            .describe('as keys are issued, with `hash`, and `last4` where it is known'),
        }),
        response: { 200: answer, ...failures },
      },
    },
    (request) => {
      const actor = callerOf(request).principal;
      return importForeignKeys(deps, { tenantId: actor.tenantId, actor, ...request.body });
    },
  );
}

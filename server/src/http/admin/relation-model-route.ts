import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { compileModel, RELATION_LIMITS, readDsl } from '#authz';
import { GatehouseError } from '#base';
import { failures } from './answers.ts';

const body = z.strictObject({ dsl: z.string().max(RELATION_LIMITS.modelBytesMax) });
const answer = z.object({
  problem: z
    .object({ message: z.string(), line: z.int().optional(), column: z.int().optional() })
    .optional()
    .describe('The first thing that is wrong, with its place counted from 1; absent when the model could be written.'),
});

/** For whoever writes a model: is it one, before it is written? */
export function relationModelRoute(plain: FastifyInstance): void {
  plain.withTypeProvider<ZodTypeProvider>().post(
    '/relation-models/check',
    {
      config: { permission: 'relations:read' },
      schema: {
        tags: ['relationships'],
        summary: 'What is wrong with a model of relationships',
        description: 'Takes it in the OpenFGA language. Writes nothing.',
        body,
        response: { 200: answer, ...failures },
      },
    },
    async (request) => {
      try {
        await compileModel(await readDsl(request.body.dsl));
        return {};
      } catch (error) {
        if (!(error instanceof GatehouseError) || error.category === 'internal') throw error;
        const [, line, column] = /line (\d+), column (\d+)/.exec(error.message) ?? [];
        const place = line === undefined ? {} : { line: Number(line), column: Number(column) };
        return { problem: { message: error.message, ...place } };
      }
    },
  );
}

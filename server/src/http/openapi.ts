import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { ANY_CALLER, type PermissionRule } from './access.ts';

/** The description of the Admin API, made from the routes themselves. Only routes with a tag are in it: pages are not. */
export async function describeApi(server: FastifyInstance, { issuer }: { issuer: string }): Promise<void> {
  await server.register(swagger, {
    hideUntagged: true,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Gatehouse Admin API',
        version: '1',
        description: 'Failures are problem documents (RFC 9457) with a stable `code`; see /docs/errors.',
      },
      servers: [{ url: issuer }],
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'API key or access token' } },
      },
    },
    transform: (input) => {
      const { schema, url } = jsonSchemaTransform(input);
      // Pages and health checks have no schema; they are left out below for want of a tag.
      if (schema === undefined) return { schema, url };
      const { permission } = input.route.config ?? {};
      const description = [schema.description, needs(permission)]
        .filter((text) => text !== undefined && text !== '')
        .join('\n\n');
      const security = permission === undefined ? [] : [{ bearer: [] }];
      return { url, schema: { ...schema, security, ...(description === '' ? {} : { description }) } };
    },
  });
  let document: string | undefined;
  server.get(
    '/openapi.json',
    { config: { public: 'describes the API and holds no data' } },
    async (_request, reply) => {
      document ??= JSON.stringify(server.swagger());
      return reply.type('application/json').send(document);
    },
  );
}

function needs(permission: PermissionRule | undefined): string {
  if (typeof permission !== 'string') return '';
  return permission === ANY_CALLER
    ? 'Needs a credential, and no permission.'
    : `Needs the permission \`${permission}\`.`;
}

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify';
import { httpErrors } from './errors.ts';

export interface DocsPagesDeps {
  /** Where the Markdown is. */
  docsFolder?: string;
}

const OPEN = { config: { public: 'the documentation of the program holds no data of this instance' } };

/**
 * The documentation of this very version, where the `type` of a problem document leads: `docs/errors.md` at `/docs/errors`,
 * the index at `/docs`. It is sent as the text it is written as: no renderer, and nothing a browser could run.
 */
export function docsPages({ docsFolder = folder() }: DocsPagesDeps): FastifyPluginAsync {
  return async (server: FastifyInstance) => {
    // Read once and looked up by name: no path from outside ever reaches the file system.
    const pages = new Map(
      globSync('**/*.md', { cwd: docsFolder }).map((file) => [nameOf(file), readFileSync(join(docsFolder, file))]),
    );
    const send = (reply: FastifyReply, name: string) => {
      const body = pages.get(name);
      if (body === undefined) throw httpErrors.path_not_found();
      return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(body);
    };
    server.get('/docs', OPEN, (_request, reply) => send(reply, 'README'));
    server.get<{ Params: { first: string } }>('/docs/:first', OPEN, ({ params }, reply) => send(reply, params.first));
    server.get<{ Params: { first: string; second: string } }>('/docs/:first/:second', OPEN, ({ params }, reply) =>
      send(reply, `${params.first}/${params.second}`),
    );
  };
}

function nameOf(file: string): string {
  return file.replaceAll('\\', '/').replace(/\.md$/, '');
}

function folder(): string {
  return fileURLToPath(new URL('../../../docs', import.meta.url));
}

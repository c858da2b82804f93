import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Page } from '#signin';
import { httpErrors } from './errors.ts';

/** What a person sees whose browser asks for a path that is not there; programs get a problem document. */
export type PageOfNothing = (request: FastifyRequest) => Page;

/** What of a path belongs to a parameter or a wildcard of a route. */
const PARAMETER = /:[^/]+/g;

/**
 * Answers what no route takes, before anything of the body is read: 405 with Allow where the path exists (RFC 9110
 * §15.5.6), 404 otherwise.
 */
export function answerUnknownPaths(server: FastifyInstance, pageOfNothing?: PageOfNothing): void {
  const methods = new Map<string, { pattern: RegExp; allowed: Set<string> }>();
  server.addHook('onRoute', ({ method, url }) => {
    const known = methods.get(url) ?? { pattern: toPattern(url), allowed: new Set<string>() };
    for (const each of [method].flat()) known.allowed.add(each);
    methods.set(url, known);
  });
  const refuse = (request: FastifyRequest): never => {
    const path = request.url.split('?', 1)[0] ?? '';
    const matching = [...methods.values()].filter(({ pattern }) => pattern.test(path));
    const allowed = new Set(matching.flatMap((known) => [...known.allowed]));
    if (allowed.size === 0) throw httpErrors.path_not_found();
    throw httpErrors.method_unsupported({ details: { allowed: [...allowed].sort() } });
  };
  server.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    try {
      refuse(request);
    } catch (error) {
      const { details } = error as { details?: { allowed?: string[] } };
      if (details?.allowed !== undefined) reply.header('allow', details.allowed.join(', '));
      else if (pageOfNothing !== undefined && isLookedAt(request)) {
        const { status, headers, body } = pageOfNothing(request);
        return reply.code(status).headers(headers).send(body);
      }
      throw error;
    }
  });
  server.setNotFoundHandler(async (request) => refuse(request));
}

/** A browser that goes somewhere asks for HTML by name; programs take anything. Below /api/ there are no pages. */
const isLookedAt = ({ method, url, headers }: FastifyRequest): boolean =>
  method === 'GET' && headers.accept?.includes('text/html') === true && !url.startsWith('/api/');

function toPattern(url: string): RegExp {
  const escaped = url
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(PARAMETER, '[^/]+')
    .replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`);
}

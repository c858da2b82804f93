import type { FastifyInstance, FastifyRequest } from 'fastify';
import { httpErrors } from './errors.ts';

/** What of a path belongs to a parameter or a wildcard of a route. */
const PARAMETER = /:[^/]+/g;

/**
 * Answers what no route takes, before anything of the body is read: 405 with Allow where the path exists (RFC 9110
 * §15.5.6), 404 otherwise.
 */
export function answerUnknownPaths(server: FastifyInstance): void {
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
      throw error;
    }
  });
  server.setNotFoundHandler(async (request) => refuse(request));
}

function toPattern(url: string): RegExp {
  const escaped = url
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(PARAMETER, '[^/]+')
    .replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`);
}

import type { FastifyInstance } from 'fastify';

/** Two years, as browsers' preload lists ask for. */
const HSTS = 'max-age=63072000';

/** For everything; pages replace the policy by one of their own. What an API answers is never a page, a script or a frame. */
export function securityHeaders({ issuer }: { issuer: string }): Readonly<Record<string, string>> {
  return {
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    // RFC 6797 §7.2: never over plain http.
    ...(issuer.startsWith('https:') ? { 'strict-transport-security': HSTS } : {}),
  };
}

export function addSecurityHeaders(server: FastifyInstance, deps: { issuer: string }): void {
  const headers = securityHeaders(deps);
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    reply.header('x-request-id', request.id);
  });
}

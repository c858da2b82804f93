import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * Apps in a browser call these from any origin (Fetch §3.2). Without credentials mode, so no cookie takes part: a token
 * is all that counts, and whoever holds it may use it from anywhere. The authorization endpoint must not have this
 * (RFC 9700 §2.6): browsers are sent there, scripts never call it.
 */
export const ALLOW_ANY = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'WWW-Authenticate, DPoP-Nonce',
} as const;
const PREFLIGHT_SECONDS = '600';

export function allowAnyOrigin(reply: FastifyReply): void {
  reply.headers(ALLOW_ANY);
}

export function answerPreflight(server: FastifyInstance, url: string, methods: string): void {
  server.options(
    url,
    { config: { public: 'a preflight carries no credential (Fetch §3.2.2)' } },
    async (_request, reply) =>
      reply
        .headers({
          ...ALLOW_ANY,
          'access-control-allow-methods': methods,
          'access-control-allow-headers': 'authorization, content-type, dpop',
          'access-control-max-age': PREFLIGHT_SECONDS,
        })
        .code(204)
        .send(),
  );
}

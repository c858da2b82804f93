import type { FastifyInstance } from 'fastify';
import { epochSeconds } from '#base';
import type { AuthZenDeps } from './authzen-deps.ts';

/** Signing is the dear part, and anybody may ask: one signature serves so long. */
const SIGNED_MILLISECONDS = 60_000;

/** AuthZEN §9: where the decision point is, in plain and signed. */
export function metadataRoute(server: FastifyInstance, { signingKeys, clock, issuer, tenantId }: AuthZenDeps): void {
  const metadata = {
    policy_decision_point: issuer,
    access_evaluation_endpoint: `${issuer}/access/v1/evaluation`,
    access_evaluations_endpoint: `${issuer}/access/v1/evaluations`,
    search_subject_endpoint: `${issuer}/access/v1/search/subject`,
    search_resource_endpoint: `${issuer}/access/v1/search/resource`,
    search_action_endpoint: `${issuer}/access/v1/search/action`,
  };
  let signed: { at: number; text: Promise<string> } | undefined;
  const sign = (): Promise<string> => {
    const now = clock.now();
    if (signed !== undefined && now - signed.at < SIGNED_MILLISECONDS) return signed.text;
    const claims = { iss: issuer, iat: epochSeconds(clock), ...metadata };
    const text = Promise.try(() => signingKeys.sign(tenantId, claims, { typ: 'JWT' }));
    signed = { at: now, text };
    // A failure is not kept.
    text.catch(() => {
      signed = undefined;
    });
    return text;
  };

  server.get(
    '/.well-known/authzen-configuration',
    { config: { public: 'enforcement points read it before they have a credential' } },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300').header('access-control-allow-origin', '*');
      return reply.type('application/json').send(JSON.stringify({ ...metadata, signed_metadata: await sign() }));
    },
  );
}

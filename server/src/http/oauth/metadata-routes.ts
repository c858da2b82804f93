import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type EndpointResponse, oauthErrors, RESOURCE_METADATA_PATH } from '#oauth';
import { allowAnyOrigin, answerPreflight } from './cors.ts';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';

/** RFC 8414 §3, OpenID Connect Discovery §4, RFC 7517 §5. */
export function metadataRoutes(server: FastifyInstance, deps: OAuthRoutesDeps): void {
  const { oauth, tenantId } = deps;
  const documents: [url: string, document: () => EndpointResponse][] = [
    ['/.well-known/openid-configuration', () => oauth.discovery(tenantId)],
    ['/.well-known/oauth-authorization-server', () => oauth.discovery(tenantId)],
    ['/.well-known/jwks.json', () => oauth.jwks(tenantId)],
  ];
  for (const [url, document] of documents) {
    const isPublic = { config: { public: 'clients and resource servers read it before they have a credential' } };
    server.get(url, isPublic, async (request, reply) => sendCacheable(request, reply, document()));
    answerPreflight(server, url, 'GET');
  }
  describeApis(server, deps);
}

/** RFC 9728: where challenges of the gateway point to, because not every API has an address of its own. */
function describeApis(server: FastifyInstance, { oauth, tenantId }: OAuthRoutesDeps): void {
  const url = `${RESOURCE_METADATA_PATH}/:api`;
  const isPublic = { config: { public: 'clients read it before they have a credential (RFC 9728 §3)' } };
  server.get<{ Params: { api: string } }>(url, isPublic, async ({ params }, reply) => {
    const document = oauth.describeApi(tenantId, params.api);
    allowAnyOrigin(reply);
    if (document === undefined) throw oauthErrors.api_not_found();
    return reply.header('cache-control', 'public, max-age=300').type('application/json').send(JSON.stringify(document));
  });
  answerPreflight(server, url, 'GET');
}

function sendCacheable(request: FastifyRequest, reply: FastifyReply, { headers, body }: EndpointResponse) {
  allowAnyOrigin(reply);
  reply.headers(headers);
  // RFC 9110 §13.1.2.
  const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (headers.etag !== undefined && known?.includes(headers.etag) === true) return reply.code(304).send();
  return reply.type('application/json').send(JSON.stringify(body));
}

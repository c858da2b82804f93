import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type EndpointRequest, type EndpointResponse, problemResponse, toProblem } from '#oauth';
import { type ClientCertificateReader, clientCertificateReader } from './client-certificate.ts';
import { allowAnyOrigin, answerPreflight } from './cors.ts';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';
import { acceptFormText, formParams, toProtocolError } from './read-form.ts';

type Endpoint = (request: EndpointRequest) => Promise<EndpointResponse>;

/** The endpoints that machines call. */
export function tokenRoutes(server: FastifyInstance, deps: OAuthRoutesDeps): void {
  const { oauth, issuer } = deps;
  const clientCertificate = clientCertificateReader(deps.trustedProxies ?? []);
  acceptFormText(server);
  server.setErrorHandler((error: unknown, request, reply) => {
    const problem = toProblem(deps, toProtocolError(error), { endpoint: request.routeOptions.url ?? '' });
    return sendAnswer(reply, problemResponse(problem, issuer));
  });

  const post = (url: string, endpoint: Endpoint, reason: string) => {
    server.post(url, { config: { public: reason } }, async (request, reply) =>
      sendAnswer(reply, await endpoint(toEndpointRequest(deps, clientCertificate, request))),
    );
    answerPreflight(server, url, 'POST');
  };
  post('/oauth/token', oauth.token, 'the endpoint authenticates clients itself (RFC 6749 §3.2.1)');
  post('/oauth/revoke', oauth.revoke, 'the endpoint authenticates clients itself (RFC 7009 §2.1)');
  post(
    '/oauth/device_authorization',
    oauth.deviceAuthorization,
    'the endpoint authenticates clients itself (RFC 8628 §3.1)',
  );
  post('/oauth/introspect', oauth.introspect, 'the endpoint authenticates clients itself (RFC 7662 §2.1)');

  // OpenID Connect Core §5.3.1: GET and POST.
  const userinfo = { config: { public: 'the endpoint verifies the access token itself (OpenID Connect Core §5.3)' } };
  const describePerson = async (request: FastifyRequest, reply: FastifyReply) =>
    sendAnswer(reply, await oauth.userinfo(toEndpointRequest(deps, clientCertificate, request)));
  server.get('/oauth/userinfo', userinfo, describePerson);
  server.post('/oauth/userinfo', userinfo, describePerson);
  answerPreflight(server, '/oauth/userinfo', 'GET, POST');
}

function toEndpointRequest(
  { tenantId }: OAuthRoutesDeps,
  clientCertificate: ClientCertificateReader,
  request: FastifyRequest,
): EndpointRequest {
  return {
    tenantId,
    params: formParams(request),
    authorization: request.headers.authorization,
    // Each as it came: Node would join several, and one is all that may be sent (RFC 9449 §4.3).
    dpop: request.raw.headersDistinct.dpop,
    certificate: clientCertificate(request),
    method: request.method,
    ip: request.ip,
  };
}

function sendAnswer(reply: FastifyReply, { status, headers, body }: EndpointResponse): FastifyReply {
  allowAnyOrigin(reply);
  reply.code(status).headers(headers);
  return body === undefined ? reply.send() : reply.type('application/json').send(JSON.stringify(body));
}

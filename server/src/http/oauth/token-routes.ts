import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type EndpointRequest, type EndpointResponse, problemResponse, toProblem } from '#oauth';
import { allowAnyOrigin, answerPreflight } from './cors.ts';
import { endpointRequestReader, plainly } from './endpoint-request.ts';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';
import { acceptFormText, toProtocolError } from './read-form.ts';

type Endpoint = (request: EndpointRequest) => EndpointResponse | Promise<EndpointResponse>;

/** The endpoints that machines call. */
export function tokenRoutes(server: FastifyInstance, deps: OAuthRoutesDeps): void {
  const { oauth, issuer } = deps;
  const read = endpointRequestReader(deps);
  acceptFormText(server);
  server.setErrorHandler((error: unknown, request, reply) => {
    const problem = toProblem(deps, toProtocolError(error), {
      endpoint: request.routeOptions.url ?? '',
      tenantId: deps.tenantId,
      remoteAddress: request.ip,
    });
    return sendAnswer(reply, problemResponse(problem, issuer));
  });

  const post = (url: string, endpoint: Endpoint, reason: string) => {
    server.post(url, { config: { public: reason } }, async (request, reply) =>
      sendAnswer(reply, await endpoint(read(plainly(request)))),
    );
    answerPreflight(server, url, 'POST');
  };
  post('/oauth/token', oauth.token, 'the endpoint authenticates clients itself (RFC 6749 §3.2.1)');
  post('/oauth/par', oauth.par, 'the endpoint authenticates clients itself (RFC 9126 §2)');
  post('/oauth/revoke', oauth.revoke, 'the endpoint authenticates clients itself (RFC 7009 §2.1)');
  post(
    '/oauth/bc-authorize',
    oauth.backchannelAuthentication,
    'the endpoint authenticates clients itself (OpenID Connect CIBA §7)',
  );
  post(
    '/oauth/device_authorization',
    oauth.deviceAuthorization,
    'the endpoint authenticates clients itself (RFC 8628 §3.1)',
  );
  post('/oauth/introspect', oauth.introspect, 'the endpoint authenticates clients itself (RFC 7662 §2.1)');
  post('/oauth/revocations', oauth.revocations, 'the endpoint authenticates clients itself, as introspection does');
  // Before the listener waits for what is under way: some questions are held open.
  server.addHook('preClose', async () => oauth.endRevocationWaits());

  // OpenID Connect Core §5.3.1: GET and POST.
  const userinfo = { config: { public: 'the endpoint verifies the access token itself (OpenID Connect Core §5.3)' } };
  const describePerson = async (request: FastifyRequest, reply: FastifyReply) =>
    sendAnswer(reply, await oauth.userinfo(read(plainly(request))));
  server.get('/oauth/userinfo', userinfo, describePerson);
  server.post('/oauth/userinfo', userinfo, describePerson);
  answerPreflight(server, '/oauth/userinfo', 'GET, POST');
}

function sendAnswer(reply: FastifyReply, { status, headers, body, type }: EndpointResponse): FastifyReply {
  allowAnyOrigin(reply);
  reply.code(status).headers(headers);
  if (body === undefined) return reply.send();
  // As bytes: to a text Fastify would add a charset, which not every type has.
  if (type !== undefined) return reply.type(type).send(Buffer.from(String(body)));
  return reply.type('application/json').send(JSON.stringify(body));
}

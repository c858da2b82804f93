import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LIMITS } from '#base';
import {
  type EndpointResponse,
  type ManageRequest,
  oauthErrors,
  problemResponse,
  REGISTRATION_PATH,
  type RegistrationRequest,
  toProblem,
} from '#oauth';
import { allowAnyOrigin, answerPreflight } from './cors.ts';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';

/** Clients that register themselves (RFC 7591), and what they may change afterwards (RFC 7592). */
export function registrationRoutes(server: FastifyInstance, deps: OAuthRoutesDeps): void {
  const { oauth, issuer, tenantId } = deps;
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: LIMITS.formBodyBytesMax },
    async (_request: FastifyRequest, body: string) => readJson(body),
  );
  server.setErrorHandler((error: unknown, request, reply) => {
    const told = { endpoint: 'register', tenantId, remoteAddress: request.ip };
    const problem = toProblem(deps, toMetadataError(error), told);
    return send(reply, problemResponse(problem, issuer));
  });

  const token = { config: { public: 'the endpoint checks the initial access token itself (RFC 7591 §3)' } };
  server.post(REGISTRATION_PATH, token, async (request, reply) =>
    send(reply, await oauth.register(toRequest(request))),
  );
  answerPreflight(server, REGISTRATION_PATH, 'POST');

  const url = `${REGISTRATION_PATH}/:client`;
  const own = { config: { public: 'the endpoint checks the registration access token itself (RFC 7592 §2)' } };
  const manage =
    (endpoint: (request: ManageRequest) => Promise<EndpointResponse>) =>
    async (request: FastifyRequest<{ Params: { client: string } }>, reply: FastifyReply) =>
      send(reply, await endpoint({ ...toRequest(request), clientId: request.params.client }));
  server.get(url, own, manage(oauth.readRegistration));
  server.put(url, own, manage(oauth.updateRegistration));
  server.delete(url, own, manage(oauth.deleteRegistration));
  answerPreflight(server, url, 'GET, PUT, DELETE');

  function toRequest({ body, headers, ip }: FastifyRequest): RegistrationRequest {
    return { tenantId, body, authorization: headers.authorization, ip };
  }
}

function readJson(text: string): unknown {
  try {
    // What PostgreSQL can't store as text, nobody needs in a name.
    return JSON.parse(text.includes('\\u0000') ? '{' : text);
  } catch (cause) {
    throw oauthErrors.client_metadata_invalid({
      message: 'The body is not JSON. Send the metadata as one object.',
      cause,
    });
  }
}

function toMetadataError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!code.startsWith('FST_ERR_CTP_')) return error;
  return oauthErrors.client_metadata_invalid({
    message: 'Send the metadata as JSON (Content-Type: application/json), of 64 KiB at most.',
  });
}

function send(reply: FastifyReply, { status, headers, body }: EndpointResponse): FastifyReply {
  allowAnyOrigin(reply);
  reply.code(status).headers(headers);
  return body === undefined ? reply.send() : reply.type('application/json').send(JSON.stringify(body));
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  type AuthorizationOutcome,
  type BrowserRequest,
  type OAuthProblem,
  oauthErrors,
  type Params,
  toProblem,
} from '#oauth';
import { isSameOriginPost, type Page, renderConsentPage, renderErrorPage, signInUrl, type View } from '#signin';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';
import { acceptFormText, formParams, queryParams, toProtocolError } from './read-form.ts';

/** Where browsers are sent: the authorization endpoint and the answer to the consent page. */
export function personRoutes(server: FastifyInstance, deps: OAuthRoutesDeps): void {
  const { oauth, issuer, viewOf } = deps;
  const issuerOrigin = new URL(issuer).origin;
  acceptFormText(server);
  server.setErrorHandler((error: unknown, request, reply) => {
    const problem = toProblem(deps, toProtocolError(error), { endpoint: request.routeOptions.url ?? '' });
    return sendPage(reply, problemPage(viewOf(request), problem));
  });

  // A HEAD would issue a code as well, so there is none. OpenID Connect Core §3.1.2.1: GET and POST.
  const authorize = {
    exposeHeadRoute: false,
    config: { public: 'the endpoint asks for the person’s session itself, and sends strangers to the sign-in page' },
  };
  server.get('/oauth/authorize', authorize, async (request, reply) =>
    follow(viewOf(request), reply, await oauth.authorize(toBrowserRequest(deps, request, queryParams(request)))),
  );
  server.post('/oauth/authorize', authorize, async (request, reply) =>
    follow(viewOf(request), reply, await oauth.authorize(toBrowserRequest(deps, request, formParams(request)))),
  );

  const consent = { config: { public: 'the answer counts only with the session and the interaction it was asked of' } };
  server.post('/oauth/consent', consent, async (request, reply) => {
    if (!isSameOriginPost(issuerOrigin, originHeaders(request))) throw oauthErrors.interaction_invalid();
    return follow(
      viewOf(request),
      reply,
      await oauth.decideConsent(toBrowserRequest(deps, request, formParams(request))),
    );
  });
}

function toBrowserRequest({ tenantId }: OAuthRoutesDeps, request: FastifyRequest, params: Params): BrowserRequest {
  const { cookie, 'user-agent': userAgent } = request.headers;
  return { tenantId, params, cookie, userAgent, ip: request.ip };
}

function originHeaders({ headers }: FastifyRequest) {
  const fetchSite = headers['sec-fetch-site'];
  return { origin: headers.origin, secFetchSite: Array.isArray(fetchSite) ? fetchSite.join(', ') : fetchSite };
}

function follow(view: View, reply: FastifyReply, outcome: AuthorizationOutcome): FastifyReply {
  switch (outcome.kind) {
    case 'redirect':
      return seeOther(reply, outcome.location);
    case 'sign_in':
      return seeOther(reply, signInUrl(outcome.returnTo));
    case 'consent':
      return sendPage(reply, renderConsentPage(view, outcome.prompt));
    case 'problem':
      return sendPage(reply, problemPage(view, outcome.problem));
  }
}

/** RFC 9700 §4.12: 303, never 307. The code in the address must not travel on in a Referer (§4.2.4). */
function seeOther(reply: FastifyReply, location: string): FastifyReply {
  return reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).redirect(location, 303);
}

function sendPage(reply: FastifyReply, { status, headers, body }: Page): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

function problemPage(view: View, { status, error, error_description, error_id }: OAuthProblem): Page {
  return renderErrorPage(view, {
    status,
    title: view.locale.text.consent.requestFailed,
    message: error_description,
    code: error,
    reference: error_id,
  });
}

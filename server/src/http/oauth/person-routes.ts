import type { FastifyInstance, FastifyReply } from 'fastify';
import { type AuthorizationOutcome, oauthErrors, toProblem } from '#oauth';
import { registerUrl, renderConsentPage, renderFormPostPage, signInUrl, stepUpUrl, type View } from '#signin';
import { approvalRoutes } from './approval-routes.ts';
import { comesFromOurPage, problemPage, seeOther, sendPage, toBrowserRequest } from './browser-replies.ts';
import { deviceRoutes } from './device-routes.ts';
import { logoutRoutes } from './logout-routes.ts';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';
import { acceptFormText, formParams, queryParams, toProtocolError } from './read-form.ts';

/** Where browsers are sent: the authorization endpoint and the answer to the consent page. */
export function personRoutes(server: FastifyInstance, deps: OAuthRoutesDeps): void {
  const { oauth, viewOf } = deps;
  acceptFormText(server);
  server.setErrorHandler((error: unknown, request, reply) => {
    const problem = toProblem(deps, toProtocolError(error), {
      endpoint: request.routeOptions.url ?? '',
      tenantId: deps.tenantId,
      remoteAddress: request.ip,
    });
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
    if (!comesFromOurPage(deps, request)) throw oauthErrors.interaction_invalid();
    return follow(
      viewOf(request),
      reply,
      await oauth.decideConsent(toBrowserRequest(deps, request, formParams(request))),
    );
  });

  deviceRoutes(server, deps);
  approvalRoutes(server, deps);
  logoutRoutes(server, deps);
}

/** `ui_locales` is said apart: of a pushed request the way back does not tell it. */
function signInAddress({
  returnTo,
  uiLocales,
  acrValues,
  register,
}: Extract<AuthorizationOutcome, { kind: 'sign_in' }>): string {
  const plain = register === true ? registerUrl(returnTo) : signInUrl(returnTo);
  const address = acrValues === undefined ? plain : stepUpUrl({ acrValues }, returnTo);
  if (uiLocales === undefined) return address;
  return `${address}${address.includes('?') ? '&' : '?'}ui_locales=${encodeURIComponent(uiLocales)}`;
}

function follow(view: View, reply: FastifyReply, outcome: AuthorizationOutcome): FastifyReply {
  switch (outcome.kind) {
    case 'redirect':
      return seeOther(reply, outcome.location);
    case 'sign_in':
      return seeOther(reply, signInAddress(outcome));
    case 'form_post':
      return sendPage(reply, renderFormPostPage(view, outcome));
    case 'consent':
      return sendPage(reply, renderConsentPage(view, outcome.prompt));
    case 'problem':
      return sendPage(reply, problemPage(view, outcome.problem));
  }
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LogoutOutcome, Params } from '#oauth';
import { cookiesFor, renderConfirmPage, type View } from '#signin';
import { comesFromOurPage, problemPage, seeOther, sendPage, toBrowserRequest } from './browser-replies.ts';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';
import { formParams, queryParams } from './read-form.ts';

const PATH = '/oauth/logout';

/** Where applications send people who sign out (OpenID Connect RP-Initiated Logout §2): GET and POST. */
export function logoutRoutes(server: FastifyInstance, deps: OAuthRoutesDeps): void {
  const { oauth, viewOf, issuer } = deps;
  const cookies = cookiesFor(issuer);
  const person = {
    exposeHeadRoute: false,
    config: { public: 'the endpoint asks for the session itself, and ends none that nobody proved or confirmed' },
  };

  server.get(PATH, person, (request, reply) => answer(request, reply, withoutProof(queryParams(request))));
  server.post(PATH, person, (request, reply) => {
    const params = formParams(request);
    // The answer of our own page counts only from there; an application may post here as well, and is asked.
    return answer(request, reply, comesFromOurPage(deps, request) ? params : withoutProof(params));
  });

  async function answer(request: FastifyRequest, reply: FastifyReply, params: Params) {
    return show(viewOf(request), reply, await oauth.endSession(toBrowserRequest(deps, request, params)));
  }

  function show(view: View, reply: FastifyReply, outcome: LogoutOutcome): FastifyReply {
    const { logout } = view.locale.text;
    switch (outcome.kind) {
      case 'signed_out':
        reply.header('set-cookie', cookies.clear(outcome.acting ? 'acting' : 'session'));
        return seeOther(reply, outcome.location ?? '/signed-out');
      case 'confirm':
        return sendPage(
          reply,
          renderConfirmPage(view, {
            csrfToken: outcome.proof,
            title: logout.title,
            message: outcome.client === undefined ? logout.message : logout.asked(outcome.client),
            action: PATH,
            fields: outcome.fields,
            confirm: logout.confirm,
            cancelPath: '/account',
          }),
        );
      case 'problem':
        return sendPage(reply, problemPage(view, outcome.problem));
    }
  }
}

const withoutProof = (params: Params): Params => params.filter(([name]) => name !== 'csrf_token');

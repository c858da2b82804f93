import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ApprovalsOutcome, oauthErrors } from '#oauth';
import { renderApprovalsPage, signInUrl, stepUpUrl } from '#signin';
import { comesFromOurPage, problemPage, seeOther, sendPage, toBrowserRequest } from './browser-replies.ts';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';
import { formParams, queryParams } from './read-form.ts';

/** Where a person answers what applications ask over another channel (OpenID Connect CIBA §8). */
export function approvalRoutes(server: FastifyInstance, deps: OAuthRoutesDeps): void {
  const { oauth, viewOf } = deps;
  const person = {
    config: { public: 'the page asks for the person’s session itself, and sends strangers to sign in' },
  };

  server.get('/approvals', { ...person, exposeHeadRoute: false }, async (request, reply) =>
    show(request, reply, await oauth.showApprovals(toBrowserRequest(deps, request, queryParams(request)))),
  );
  server.post('/approvals', person, async (request, reply) => {
    if (!comesFromOurPage(deps, request)) throw oauthErrors.device_answer_invalid();
    return show(request, reply, await oauth.decideApproval(toBrowserRequest(deps, request, formParams(request))));
  });

  function show(request: FastifyRequest, reply: FastifyReply, outcome: ApprovalsOutcome): FastifyReply {
    const view = viewOf(request);
    switch (outcome.kind) {
      case 'sign_in':
        return seeOther(
          reply,
          outcome.acrValues === undefined
            ? signInUrl(outcome.returnTo)
            : stepUpUrl({ acrValues: outcome.acrValues }, outcome.returnTo),
        );
      case 'approvals':
        return sendPage(reply, renderApprovalsPage(view, outcome, deps.clock.now()));
      case 'problem':
        return sendPage(reply, problemPage(view, outcome.problem));
    }
  }
}

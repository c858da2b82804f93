import type { FastifyInstance, FastifyReply } from 'fastify';
import { type DeviceOutcome, oauthErrors } from '#oauth';
import { renderDeviceAnsweredPage, renderDeviceCodePage, renderDevicePage, signInUrl, type View } from '#signin';
import { comesFromOurPage, problemPage, seeOther, sendPage, toBrowserRequest } from './browser-replies.ts';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';
import { formParams, queryParams } from './read-form.ts';

/** Where a person connects a device that has no browser of its own (RFC 8628 §3.3). Plain forms: no script takes part. */
export function deviceRoutes(server: FastifyInstance, deps: OAuthRoutesDeps): void {
  const { oauth, viewOf } = deps;
  const person = {
    config: { public: 'the page asks for the person’s session itself, and sends strangers to sign in' },
  };

  server.get('/device', { ...person, exposeHeadRoute: false }, async (request, reply) =>
    show(viewOf(request), reply, await oauth.showDevice(toBrowserRequest(deps, request, queryParams(request)))),
  );
  server.post('/device', person, async (request, reply) => {
    if (!comesFromOurPage(deps, request)) throw oauthErrors.device_answer_invalid();
    return show(viewOf(request), reply, await oauth.decideDevice(toBrowserRequest(deps, request, formParams(request))));
  });

  function show(view: View, reply: FastifyReply, outcome: DeviceOutcome): FastifyReply {
    switch (outcome.kind) {
      case 'sign_in':
        return seeOther(reply, signInUrl(outcome.returnTo));
      case 'enter_code': {
        const { typed, problem } = outcome;
        return sendPage(reply, renderDeviceCodePage(view, { typed, ...(problem && { status: problem.status }) }));
      }
      case 'confirm':
        return sendPage(reply, renderDevicePage(view, outcome.prompt, deps.clock.now()));
      case 'answered':
        return sendPage(reply, renderDeviceAnsweredPage(view, outcome));
      case 'problem':
        return sendPage(reply, problemPage(view, outcome.problem));
    }
  }
}

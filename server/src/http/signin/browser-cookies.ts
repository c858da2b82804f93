import type { FastifyRequest } from 'fastify';
import type { SignInOutcome, Visitor } from '#signin';
import { deviceOf } from './page-reply.ts';
import type { PagesContext } from './pages-context.ts';

/** The page of a sign-in that is under way. */
export const FLOW_PATH = '/sign-in/flow';

/** What a browser brought. */
export function visitorOf({ cookies }: PagesContext, request: FastifyRequest): Visitor {
  const { cookie } = request.headers;
  return {
    device: deviceOf(request),
    replacedToken: cookies.read('session', cookie),
    deviceToken: cookies.read('device', cookie),
  };
}

/** Where a sign-in goes on, and the cookies it goes on with. */
export function afterStep({ cookies }: PagesContext, outcome: SignInOutcome): { path: string; setCookies: string[] } {
  // A new form cookie next time: nothing known from before is worth anything after it.
  if (outcome.kind === 'flow') {
    return { path: FLOW_PATH, setCookies: [cookies.write('flow', outcome.token), cookies.clear('form')] };
  }
  const { token, deviceToken, returnTo } = outcome;
  return {
    path: continueUrl(returnTo),
    setCookies: [
      cookies.write('session', token),
      ...(deviceToken === undefined ? [] : [cookies.write('device', deviceToken)]),
      cookies.clear('flow'),
      cookies.clear('form'),
    ],
  };
}

/** The authorization endpoint may send the browser on to a client's origin, which the form's policy would stop. */
function continueUrl(returnTo: string): string {
  return returnTo.startsWith('/oauth/') ? `/sign-in/continue?return_to=${encodeURIComponent(returnTo)}` : returnTo;
}

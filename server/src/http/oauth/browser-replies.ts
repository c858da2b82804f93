import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BrowserRequest, OAuthProblem, Params } from '#oauth';
import { isSameOriginPost, type Page, renderErrorPage, type View } from '#signin';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';

/** What a browser sent, as the room takes it. */
export function toBrowserRequest(
  { tenantId }: OAuthRoutesDeps,
  request: FastifyRequest,
  params: Params,
): BrowserRequest {
  const { cookie, 'user-agent': userAgent } = request.headers;
  return { tenantId, params, cookie, userAgent, ip: request.ip };
}

/** Was this form sent from a page of the issuer's own? */
export function comesFromOurPage({ issuer }: OAuthRoutesDeps, { headers }: FastifyRequest): boolean {
  const fetchSite = headers['sec-fetch-site'];
  const secFetchSite = Array.isArray(fetchSite) ? fetchSite.join(', ') : fetchSite;
  return isSameOriginPost(new URL(issuer).origin, { origin: headers.origin, secFetchSite });
}

/** RFC 9700 §4.12: 303, never 307. The code in the address must not travel on in a Referer (§4.2.4). */
export function seeOther(reply: FastifyReply, location: string): FastifyReply {
  return reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).redirect(location, 303);
}

export function sendPage(reply: FastifyReply, { status, headers, body }: Page): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

/** In the page's language where it has words for the error: what the developer needs stands in the log, by the reference. */
export function problemPage(view: View, { status, error, error_description, error_id }: OAuthProblem): Page {
  const { problems } = view.locale.text.consent;
  return renderErrorPage(view, {
    status,
    title: view.locale.text.consent.requestFailed,
    message: (Object.hasOwn(problems, error) ? problems[error] : undefined) ?? error_description,
    code: error,
    reference: error_id,
  });
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatehouseError } from '#base';
import { recogniseCredential } from '#keyring';
import { errorText, type Page, type View } from '#signin';
import { statusOf } from '../error-status.ts';
import { formTicket } from './form.ts';
import { seeOther, sendPage } from './page-reply.ts';
import type { PagesContext } from './pages-context.ts';

export interface ShownForm {
  csrfToken: string;
  issuerHost: string;
  problem?: { message: string; status: number };
}

/** Shows a form, with what was wrong with the last one, and gives the browser the cookie that its token is tied to. */
export function showForm(
  context: PagesContext,
  request: FastifyRequest,
  reply: FastifyReply,
  render: (view: View, form: ShownForm) => Page,
  problem?: GatehouseError,
) {
  const ticket = formTicket(context, request);
  const view = context.viewOf(request);
  const retryAfter = problem?.details?.retryAfterSeconds;
  if (typeof retryAfter === 'number') reply.header('retry-after', String(retryAfter));
  const said =
    problem === undefined
      ? {}
      : { problem: { message: errorText(view, problem), status: formStatus(statusOf(problem.category)) } };
  return sendPage(reply, render(view, { csrfToken: ticket.token, issuerHost: context.issuerHost, ...said }), [
    ticket.setCookie,
  ]);
}

/** Not 401: that would have to name an HTTP authentication scheme (RFC 9110 §15.5.2), and there is none for a form. */
const formStatus = (status: number): number => (status === 401 || status === 400 || status === 409 ? 422 : status);

/** What is shown on the form it belongs to; anything else leaves as an error page. */
export function shownOnForm(error: unknown, codes: readonly string[]): GatehouseError {
  if (error instanceof GatehouseError && codes.includes(error.code)) return error;
  throw error;
}

/**
 * Takes a link out of the address bar at once, and with it out of the history and of what the page could send as Referer:
 * it goes on in a cookie. `undefined` when the address has none, or not one of ours.
 */
export function takeLink(context: PagesContext, reply: FastifyReply, link: unknown, path: string) {
  if (typeof link !== 'string' || recogniseCredential(link)?.kind !== 'one_time_link') return undefined;
  return seeOther(reply, path, [context.cookies.write('link', link)]);
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { baseErrors, GatehouseError } from '#base';
import { type Device, errorText, type Page, renderErrorPage, type View } from '#signin';
import { statusOf } from '../error-status.ts';
import type { ViewOf } from './page-view.ts';

export function sendPage(reply: FastifyReply, page: Page, setCookies: readonly (string | undefined)[] = []) {
  addCookies(reply, setCookies);
  return reply.code(page.status).headers(page.headers).send(page.body);
}

/** 303, so that going back or reloading never sends the form again (RFC 9110 §15.4.4). `path` is one of ours. */
export function seeOther(reply: FastifyReply, path: string, setCookies: readonly (string | undefined)[] = []) {
  addCookies(reply, setCookies);
  return reply.header('cache-control', 'no-store').redirect(path, 303);
}

/** For the script that asks the browser for a passkey. Holds a challenge, so it is kept nowhere. */
export function sendOptions(reply: FastifyReply, options: object) {
  return reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }).send(options);
}

function addCookies(reply: FastifyReply, setCookies: readonly (string | undefined)[]): void {
  for (const cookie of setCookies) if (cookie !== undefined) reply.header('set-cookie', cookie);
}

/** What the session list will show of this browser. */
export function deviceOf(request: FastifyRequest): Device {
  const { headers, ip, place } = request;
  return { userAgent: headers['user-agent'] ?? '', address: ip, ...(place === undefined ? {} : { place }) };
}

/** Failures leave as pages here. What has no code of ours is logged and told as an internal error, by its request's id. */
export function answerErrorsWithPages(app: FastifyInstance, viewOf: ViewOf): void {
  app.setErrorHandler((error: unknown, request, reply) => {
    const view = viewOf(request);
    if (error instanceof GatehouseError) return sendPage(reply, errorPage(view, error, request.id));
    const refusedAs = frameworkStatus(error);
    if (refusedAs !== undefined) {
      const unreadable = baseErrors.invalid_input({ message: view.locale.text.failures.unreadableForm });
      return sendPage(reply, { ...errorPage(view, unreadable, request.id), status: refusedAs });
    }
    request.log.error({ err: error, requestId: request.id }, 'a page failed');
    return sendPage(reply, errorPage(view, baseErrors.internal_error(), request.id));
  });
}

/** The framework's own refusals (body too large, wrong type) are the sender's fault and carry a status below 500. */
function frameworkStatus(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

/** For who comes by an address that was mistyped, or is gone. */
export const pageOfNothing =
  (viewOf: ViewOf) =>
  (request: FastifyRequest): Page => {
    const { failures } = viewOf(request).locale.text;
    return renderErrorPage(viewOf(request), {
      status: 404,
      title: failures.titles.path_not_found ?? failures.other,
      message: failures.nothingHere,
      code: 'path_not_found',
      reference: request.id,
      next: { label: failures.goToSignIn, path: '/sign-in' },
    });
  };

export function errorPage(view: View, error: GatehouseError, reference?: string): Page {
  const { failures } = view.locale.text;
  return renderErrorPage(view, {
    status: statusOf(error.category),
    title: failures.titles[error.code] ?? failures.other,
    message: errorText(view, error),
    code: error.code,
    ...(reference === undefined ? {} : { reference }),
    next: { label: failures.goToSignIn, path: '/sign-in' },
  });
}

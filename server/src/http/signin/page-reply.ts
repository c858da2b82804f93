import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { baseErrors, GatehouseError } from '#base';
import { type Device, type Page, renderErrorPage } from '#signin';
import { statusOf } from '../error-status.ts';

export function sendPage(reply: FastifyReply, page: Page, setCookies: readonly (string | undefined)[] = []) {
  addCookies(reply, setCookies);
  return reply.code(page.status).headers(page.headers).send(page.body);
}

/** 303, so that going back or reloading never sends the form again (RFC 9110 §15.4.4). `path` is one of ours. */
export function seeOther(reply: FastifyReply, path: string, setCookies: readonly (string | undefined)[] = []) {
  addCookies(reply, setCookies);
  return reply.header('cache-control', 'no-store').redirect(path, 303);
}

function addCookies(reply: FastifyReply, setCookies: readonly (string | undefined)[]): void {
  for (const cookie of setCookies) if (cookie !== undefined) reply.header('set-cookie', cookie);
}

/** What the session list will show of this browser. */
export function deviceOf(request: FastifyRequest): Device {
  return { userAgent: request.headers['user-agent'] ?? '', address: request.ip };
}

/** Failures leave as pages here. What has no code of ours is logged and told as an internal error, by its request's id. */
export function answerErrorsWithPages(app: FastifyInstance): void {
  app.setErrorHandler((error: unknown, request, reply) => {
    if (error instanceof GatehouseError) return sendPage(reply, errorPage(error, request.id));
    const refusedAs = frameworkStatus(error);
    if (refusedAs !== undefined) return sendPage(reply, { ...errorPage(UNREADABLE, request.id), status: refusedAs });
    request.log.error({ err: error, requestId: request.id }, 'a page failed');
    return sendPage(reply, errorPage(baseErrors.internal_error(), request.id));
  });
}

const UNREADABLE = baseErrors.invalid_input({ message: 'The form could not be read. Go back and send it again.' });

/** The framework's own refusals (body too large, wrong type) are the sender's fault and carry a status below 500. */
function frameworkStatus(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

export function errorPage(error: GatehouseError, reference?: string): Page {
  return renderErrorPage({
    status: statusOf(error.category),
    title: TITLES[error.code] ?? 'This did not work',
    message: error.message,
    code: error.code,
    ...(reference === undefined ? {} : { reference }),
    next: { label: 'Go to sign-in', path: '/sign-in' },
  });
}

const TITLES: Readonly<Record<string, string>> = {
  setup_link_refused: 'This link can’t be used',
  setup_already_done: 'Gatehouse is set up already',
  form_refused: 'This form can’t be used',
  session_not_found: 'No such session',
  internal_error: 'Something went wrong',
};

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
    const known = error instanceof GatehouseError ? error : fromFramework(error);
    if (known.category === 'internal') request.log.error({ err: error }, 'a page failed');
    return sendPage(reply, errorPage(known, request.id));
  });
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

/** The framework's own refusals (body too large, wrong type) are the sender's fault and carry a status below 500. */
function fromFramework(error: unknown): GatehouseError {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status < 500
    ? baseErrors.invalid_input({ message: 'The form could not be read. Go back and send it again.', cause: error })
    : baseErrors.internal_error({ cause: error });
}

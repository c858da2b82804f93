import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatehouseError } from '#base';
import { recogniseCredential } from '#keyring';
import {
  consumeFirstAdministratorLink,
  errorText,
  isFirstAdministratorLinkOpen,
  renderSetupPage,
  type SetupPage,
  signinErrors,
  type View,
} from '#signin';
import { afterStep } from './browser-cookies.ts';
import { formOf, formTicket, isFormBelieved, isFromOurPage } from './form.ts';
import { deviceOf, errorPage, seeOther, sendPage } from './page-reply.ts';
import type { PagesContext } from './pages-context.ts';

/** Which field of the form an error belongs to, by code; `invalid_input` names its fields itself. */
const FIELD_OF: Readonly<Record<string, 'email' | 'password'>> = { password_refused: 'password', email_taken: 'email' };

export function setupRoutes(app: FastifyInstance, context: PagesContext): void {
  const { cookies, tenantId } = context;
  // The link stands in the address for this one request, so the request is not logged.
  const isPublic = { config: { public: 'the one-time link is the credential' }, logLevel: 'silent' } as const;

  app.get<{ Querystring: { link?: unknown } }>('/setup', isPublic, async (request, reply) => {
    const { link } = request.query;
    if (link !== undefined) {
      if (typeof link !== 'string' || recogniseCredential(link)?.kind !== 'one_time_link')
        return refuse(request, reply);
      // Out of the address bar at once, and with it out of the history and of what the page could send as Referer.
      return seeOther(reply, '/setup', [cookies.write('setup', link)]);
    }
    const token = cookies.read('setup', request.headers.cookie);
    if (token === undefined || !(await isFirstAdministratorLinkOpen(context, { tenantId, token }))) {
      return refuse(request, reply);
    }
    return showForm(context, request, reply, {});
  });

  app.post('/setup', isPublic, async (request, reply) => {
    const form = formOf(request);
    const [name, email, password] = [form.field('name'), form.field('email'), form.field('password')];
    const token = cookies.read('setup', request.headers.cookie);
    if (!isFromOurPage(context, request) || token === undefined) return refuse(request, reply);
    if (!isFormBelieved(context, request)) {
      return showForm(context, request, reply, {
        name,
        email,
        problem: { message: errorText(context.viewOf(request), signinErrors.form_refused()) },
      });
    }
    if (password !== form.field('password_again')) {
      return showForm(context, request, reply, {
        name,
        email,
        errors: { password_again: context.viewOf(request).locale.text.setup.passwordsDiffer },
      });
    }
    try {
      const input = { tenantId, token, name, email, password, device: deviceOf(request) };
      const outcome = await consumeFirstAdministratorLink(context, input);
      const { path, setCookies } = afterStep(context, outcome);
      return seeOther(reply, path, [...setCookies, cookies.clear('setup')]);
    } catch (error) {
      const shown = error instanceof GatehouseError ? shownOnForm(context.viewOf(request), error) : undefined;
      if (shown === undefined) throw error;
      return showForm(context, request, reply, { name, email, ...shown });
    }
  });

  function refuse(request: FastifyRequest, reply: FastifyReply) {
    return sendPage(reply, errorPage(context.viewOf(request), signinErrors.setup_link_refused()), [
      cookies.clear('setup'),
    ]);
  }
}

function shownOnForm(view: View, error: GatehouseError): Pick<SetupPage, 'errors' | 'problem'> | undefined {
  const field = FIELD_OF[error.code];
  if (field !== undefined) return { errors: { [field]: errorText(view, error) } };
  if (error.code === 'password_work_busy') return { problem: { message: errorText(view, error) } };
  if (error.code !== 'invalid_input') return undefined;
  return { errors: Object.fromEntries((error.fields ?? []).map(({ path, message }) => [path, message])) };
}

function showForm(
  context: PagesContext,
  request: FastifyRequest,
  reply: FastifyReply,
  page: Omit<SetupPage, 'csrfToken' | 'issuerHost'>,
) {
  const ticket = formTicket(context, request);
  const rendered = renderSetupPage(context.viewOf(request), {
    ...page,
    csrfToken: ticket.token,
    issuerHost: context.issuerHost,
  });
  return sendPage(reply, rendered, [ticket.setCookie]);
}

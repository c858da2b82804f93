import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatehouseError } from '#base';
import { emailKey } from '#directory';
import {
  acceptAsSignedIn,
  INVITATION_PATH,
  joinByInvitation,
  renderAcceptPage,
  renderInvitationSignInPage,
  renderJoinedPage,
  renderJoinPage,
  renderRegisteredPage,
  type ShownInvitation,
  signinErrors,
  viewInvitation,
} from '#signin';
import { formOf, isFormBelieved } from './form.ts';
import { showForm, shownOnForm, takeLink } from './mail-form.ts';
import type { MailPagesContext } from './mail-pages-context.ts';
import { sendPage } from './page-reply.ts';

/** What is shown again with what stands now: another account was signed in to, or one was made, meanwhile. */
const LOOK_AGAIN = new Set(['invitation_needs_sign_in', 'invitation_for_another']);

interface Invited {
  token: string;
  invitation: ShownInvitation;
  /** Who is signed in in this browser. */
  visitor: { id: string; email: string } | undefined;
}

/** Joining by invitation: with the account one is signed in to, or with a new one. */
export function invitationRoutes(app: FastifyInstance, context: MailPagesContext): void {
  const { cookies, tenantId, viewOf, sessions } = context;
  const byLink = { config: { public: 'the one-time link is the credential' }, logLevel: 'silent' } as const;

  app.get<{ Querystring: { link?: unknown } }>(INVITATION_PATH, byLink, async (request, reply) => {
    const taken = takeLink(context, reply, request.query.link, INVITATION_PATH);
    return taken ?? show(request, reply, await invited(request));
  });

  app.post(INVITATION_PATH, byLink, async (request, reply) => {
    const found = await invited(request);
    if (!isFormBelieved(context, request)) return show(request, reply, found, signinErrors.form_refused());
    try {
      return isTheirs(found) ? await accept(request, reply, found) : await join(request, reply, found);
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      if (error.code === 'invitation_refused') throw signinErrors.recovery_link_refused();
      if (!LOOK_AGAIN.has(error.code)) throw error;
      return show(request, reply, await invited(request));
    }
  });

  async function accept(request: FastifyRequest, reply: FastifyReply, { token, invitation, visitor }: Invited) {
    await acceptAsSignedIn(context, { tenantId, token, userId: visitor?.id ?? '' });
    return sendPage(reply, renderJoinedPage(viewOf(request), invitation), [cookies.clear('link')]);
  }

  async function join(request: FastifyRequest, reply: FastifyReply, found: Invited) {
    const form = formOf(request);
    const [name, password] = [form.field('name'), form.field('password')];
    const view = viewOf(request);
    // Said before anything is looked at: nothing to fill in where there is an account.
    if (found.invitation.hasAccount) return show(request, reply, found);
    const again = (errors: Readonly<Record<string, string>>, problem?: GatehouseError) =>
      showForm(
        context,
        request,
        reply,
        (shown, ticket) => renderJoinPage(shown, { ...ticket, invitation: found.invitation, name, errors }),
        problem,
      );
    if (password !== form.field('password_again')) {
      return again({ password_again: view.locale.text.registration.passwordsDiffer });
    }
    try {
      await joinByInvitation(context, { tenantId, token: found.token, name, password, address: request.ip });
    } catch (error) {
      return again({}, shownOnForm(error, ['invalid_input', 'password_refused', 'password_work_busy']));
    }
    return sendPage(reply, renderRegisteredPage(view), [cookies.clear('link')]);
  }

  async function invited(request: FastifyRequest): Promise<Invited> {
    const token = cookies.read('link', request.headers.cookie);
    const invitation = token === undefined ? undefined : await viewInvitation(context, { tenantId, token });
    if (token === undefined || invitation === undefined) throw signinErrors.recovery_link_refused();
    const current = await sessions.resolve(request.headers.cookie);
    return { token, invitation, visitor: current?.user };
  }

  function show(request: FastifyRequest, reply: FastifyReply, found: Invited, problem?: GatehouseError) {
    const { invitation, visitor } = found;
    if (isTheirs(found) || !invitation.hasAccount) {
      const render = isTheirs(found) ? renderAcceptPage : renderJoinPage;
      return showForm(context, request, reply, (view, form) => render(view, { ...form, invitation }), problem);
    }
    return sendPage(reply, renderInvitationSignInPage(viewOf(request), { invitation, signedInAs: visitor?.email }));
  }
}

const isTheirs = ({ invitation, visitor }: Invited): boolean =>
  visitor !== undefined && emailKey(visitor.email) === emailKey(invitation.email);

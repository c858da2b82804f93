import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatehouseError, isId } from '#base';
import {
  csrfToken,
  endOtherSessions,
  endSession,
  errorText,
  listSessions,
  type ResolvedSession,
  renderAccountPage,
  signInUrl,
  signinErrors,
} from '#signin';
import { statusOf } from '../error-status.ts';
import { hasFormToken, isFromOurPage } from './form.ts';
import { seeOther, sendPage } from './page-reply.ts';
import type { PagesContext } from './pages-context.ts';

const ACCOUNT_PATH = '/account';

/** A person's own account. No permission beyond being that person: every command is given their id, not one from outside. */
export function accountRoutes(app: FastifyInstance, context: PagesContext): void {
  const { store, tenantId, cookies, sessions } = context;
  const ownAccount = { config: { public: 'a signed-in person sees only their own account; others go to sign-in' } };

  app.get(ACCOUNT_PATH, ownAccount, async (request, reply) => {
    const current = await sessions.resolve(request.headers.cookie);
    return current === undefined ? seeOther(reply, signInUrl(ACCOUNT_PATH)) : showAccount(request, reply, current);
  });

  app.post<{ Params: { id: string } }>('/account/sessions/:id/end', ownAccount, (request, reply) =>
    asMyself(request, reply, async (current) => {
      const { id } = request.params;
      if (!isId('session', id)) throw signinErrors.session_not_found();
      await endMine(current, id, 'ended_by_user');
      return seeOther(reply, ACCOUNT_PATH);
    }),
  );

  app.post('/account/sessions/end-others', ownAccount, (request, reply) =>
    asMyself(request, reply, async ({ user, session, principal }) => {
      await store.transaction({ tenantId }, (tx) =>
        endOtherSessions(tx, context, { user, keep: session.id, actor: principal }),
      );
      return seeOther(reply, ACCOUNT_PATH);
    }),
  );

  app.post('/sign-out', ownAccount, (request, reply) =>
    asMyself(request, reply, async (current) => {
      await endMine(current, current.session.id, 'signed_out');
      return seeOther(reply, '/signed-out', [cookies.clear('session')]);
    }),
  );

  /** Runs `work` for a form of ours that the person's own session sent; anything else changes nothing. */
  async function asMyself(
    request: FastifyRequest,
    reply: FastifyReply,
    work: (current: ResolvedSession) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    const current = await sessions.resolve(request.headers.cookie);
    if (current === undefined) return seeOther(reply, signInUrl(ACCOUNT_PATH));
    const believed =
      isFromOurPage(context, request) && hasFormToken(context, request, { sessionId: current.session.id });
    if (!believed) return showAccount(request, reply, current, signinErrors.form_refused());
    try {
      return await work(current);
    } catch (error) {
      // It ended meanwhile, or never was theirs: the list shows what there is.
      if (error instanceof GatehouseError && error.code === 'session_not_found') {
        return showAccount(request, reply, current, error);
      }
      throw error;
    }
  }

  function endMine({ user, principal }: ResolvedSession, id: string, reason: 'signed_out' | 'ended_by_user') {
    return store.transaction({ tenantId }, (tx) =>
      endSession(tx, context, { tenantId, userId: user.id, id, reason, actor: principal }),
    );
  }

  async function showAccount(
    request: FastifyRequest,
    reply: FastifyReply,
    { user, session }: ResolvedSession,
    problem?: GatehouseError,
  ) {
    const view = context.viewOf(request);
    const now = context.clock.now();
    const mine = await store.transaction({ tenantId }, (tx) => listSessions(tx, { user, now }), { readOnly: true });
    const page = renderAccountPage(view, {
      csrfToken: csrfToken(context.keyring, { sessionId: session.id }),
      now,
      user,
      sessions: mine.map((each) => ({ ...each, current: each.id === session.id })),
      ...(problem === undefined
        ? {}
        : { problem: { status: statusOf(problem.category), message: errorText(view, problem) } }),
    });
    return sendPage(reply, page);
  }
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  beginImpersonation,
  endImpersonation,
  missingForImpersonation,
  type ResolvedSession,
  renderImpersonationPage,
  signInUrl,
  signinErrors,
  stepUpUrl,
  viewImpersonation,
} from '#signin';
import { csrfOf } from './account/section.ts';
import { hasFormToken, isFromOurPage } from './form.ts';
import { deviceOf, seeOther, sendPage } from './page-reply.ts';
import type { PagesContext } from './pages-context.ts';

type ById = { Params: { id: string } };

/**
 * Where an administrator begins to act for somebody, and ends it. The address names what was asked for in the Admin API and
 * is no secret: it is of use in the browser of the one who asked, after a fresh proof.
 */
export function impersonationRoutes(app: FastifyInstance, context: PagesContext): void {
  const { cookies, sessions } = context;
  const own = { config: { public: 'the administrator’s own session is the credential; others go to sign-in' } };

  app.get<ById>('/impersonations/:id', own, async (request, reply) => {
    const { url } = request;
    const current = await sessions.resolve(request.headers.cookie);
    if (current === undefined) return seeOther(reply, signInUrl(url));
    const missing = missingForImpersonation(context, current);
    if (missing !== undefined) return seeOther(reply, stepUpUrl(missing, url));
    const { id } = request.params;
    const asked = await viewImpersonation(context, { own: current, id });
    const csrfToken = csrfOf(context, current);
    return sendPage(reply, renderImpersonationPage(context.viewOf(request), { ...asked, id, csrfToken }));
  });

  app.post<ById>('/impersonations/:id', own, async (request, reply) => {
    const current = await believed(request, await sessions.resolve(request.headers.cookie));
    const { id } = request.params;
    const { token } = await beginImpersonation(context, { own: current, id, device: deviceOf(request) });
    return seeOther(reply, '/account', [cookies.write('acting', token)]);
  });

  app.post('/impersonations/end', own, async (request, reply) => {
    const acting = await sessions.acting(request.headers.cookie);
    // Over already: what was wanted.
    if (acting !== undefined) await endImpersonation(context, await believed(request, acting));
    const { user } = acting ?? {};
    return seeOther(reply, user === undefined ? '/account' : `/console/users/${user.id}`, [cookies.clear('acting')]);
  });

  async function believed(request: FastifyRequest, session: ResolvedSession | undefined): Promise<ResolvedSession> {
    const sessionId = session?.session.id;
    if (session === undefined || sessionId === undefined || !isFromOurPage(context, request)) {
      throw signinErrors.form_refused();
    }
    if (!hasFormToken(context, request, { sessionId })) throw signinErrors.form_refused();
    return session;
  }
}

import type { FastifyInstance } from 'fastify';
import { beginPasskey, missingForSensitive, signinErrors } from '#signin';
import { hasFormToken, isFromOurPage } from '../form.ts';
import { sendOptions } from '../page-reply.ts';
import type { PagesContext } from '../pages-context.ts';

/** What the account page's script asks the browser to make a passkey with. */
export function passkeyOptionsRoute(app: FastifyInstance, context: PagesContext): void {
  const { tenantId, store } = context;
  const own = { config: { public: 'a signed-in person adds a passkey to their own account' } };
  app.post('/account/factors/passkeys/options', own, async (request, reply) => {
    const current = await context.sessions.resolve(request.headers.cookie);
    const believed =
      current !== undefined &&
      isFromOurPage(context, request) &&
      hasFormToken(context, request, { sessionId: current.session.id });
    // The script then sends nothing, and the form itself leads to the proof that is missing.
    if (!believed || (await missingForSensitive(context, current)) !== undefined) throw signinErrors.form_refused();
    const { user, session } = current;
    const boundTo = `session:${session.id}`;
    return sendOptions(
      reply,
      await store.transaction({ tenantId }, (tx) => beginPasskey(tx, context, { user, boundTo })),
    );
  });
}

import type { FastifyInstance } from 'fastify';
import { updateUser } from '#directory';
import { findLocale, LANDING_PATH, safeReturnTo } from '#signin';
import { formOf, hasFormToken, isFromOurPage } from './form.ts';
import { seeOther } from './page-reply.ts';
import type { PagesContext } from './pages-context.ts';

/**
 * The language switch. It works before there is a session, so the origin alone is asked for: only a taste is at stake. What
 * comes with the token of somebody's session is kept with the account as well, for mails and for other browsers.
 */
export function languageRoute(app: FastifyInstance, context: PagesContext): void {
  const { cookies, sessions, store, tenantId } = context;
  app.post(
    '/language',
    { config: { public: 'anyone may read the pages in their language' } },
    async (request, reply) => {
      const form = formOf(request);
      const returnTo = safeReturnTo(form.field('page')) ?? LANDING_PATH;
      const locale = findLocale(form.field('language'));
      if (locale === undefined || !isFromOurPage(context, request)) return seeOther(reply, returnTo);
      const current = await sessions.resolve(request.headers.cookie);
      const believed = current !== undefined && hasFormToken(context, request, { sessionId: current.session.id });
      if (believed && current.user.locale !== locale.tag) {
        const { principal: actor } = current;
        const input = {
          tenantId,
          id: current.user.id,
          actor,
          update: { locale: locale.tag },
          expected: 'present',
        } as const;
        await store.transaction({ tenantId }, (tx) => updateUser(tx, context, input));
      }
      return seeOther(reply, returnTo, [cookies.write('language', locale.tag)]);
    },
  );
}

import type { FastifyInstance } from 'fastify';
import { findLocale, LANDING_PATH, safeReturnTo } from '#signin';
import { formOf, isFromOurPage } from './form.ts';
import { seeOther } from './page-reply.ts';
import type { PagesContext } from './pages-context.ts';

/** The language switch. It works before there is a session, so the origin alone is asked for: only a taste is at stake. */
export function languageRoute(app: FastifyInstance, context: PagesContext): void {
  app.post('/language', { config: { public: 'anyone may read the pages in their language' } }, (request, reply) => {
    const form = formOf(request);
    const returnTo = safeReturnTo(form.field('page')) ?? LANDING_PATH;
    const locale = findLocale(form.field('language'));
    const chosen = isFromOurPage(context, request) ? locale : undefined;
    return seeOther(reply, returnTo, [chosen && context.cookies.write('language', chosen.tag)]);
  });
}

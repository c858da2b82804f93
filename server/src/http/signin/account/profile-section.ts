import { ACCOUNT_PATHS, endSession, renderProfilePage } from '#signin';
import type { PagesContext } from '../pages-context.ts';
import type { Section } from './section.ts';

/** Who a person is here, and the way out. */
export function profileSection(context: PagesContext): Section {
  const { store, tenantId, cookies } = context;
  return {
    path: ACCOUNT_PATHS.profile,
    show: async ({ view, facts }) => renderProfilePage(view, facts),
    actions: [
      {
        path: '/sign-out',
        async run({ current: { user, session, principal } }) {
          const ended = { tenantId, userId: user.id, id: session.id, reason: 'signed_out', actor: principal } as const;
          await store.transaction({ tenantId }, (tx) => endSession(tx, context, ended));
          return { to: '/signed-out', cookies: [cookies.clear('session')] };
        },
      },
    ],
  };
}

import { isId } from '#base';
import {
  ACCOUNT_PATHS,
  endOtherSessions,
  endSession,
  forgetOwnDevices,
  listRememberedDevices,
  listSessions,
  renderSessionsPage,
  signinErrors,
} from '#signin';
import type { PagesContext } from '../pages-context.ts';
import type { Section } from './section.ts';

/** Where a person is signed in. */
export function sessionsSection(context: PagesContext): Section {
  const { store, tenantId } = context;
  return {
    path: ACCOUNT_PATHS.sessions,
    async show({ current, view, facts }) {
      const { user, session } = current;
      const { now } = facts;
      const { listed, devices } = await store.transaction(
        { tenantId },
        async (tx) => ({
          listed: await listSessions(tx, { user, now }),
          devices: await listRememberedDevices(tx, { tenantId, userId: user.id, now }),
        }),
        { readOnly: true },
      );
      const sessions = listed.map((each) => ({ ...each, current: each.id === session.id }));
      return renderSessionsPage(view, facts, { sessions, devices });
    },
    actions: [
      {
        path: '/account/sessions/:id/end',
        sensitive: true,
        async run({ current, request }) {
          const { id = '' } = request.params as { id?: string };
          if (!isId('session', id)) throw signinErrors.session_not_found();
          const { user, principal } = current;
          await store.transaction({ tenantId }, (tx) =>
            endSession(tx, context, { tenantId, userId: user.id, id, reason: 'ended_by_user', actor: principal }),
          );
          return { told: 'session_ended' };
        },
      },
      {
        path: '/account/sessions/end-others',
        sensitive: true,
        async run({ current: { user, session, principal } }) {
          await store.transaction({ tenantId }, (tx) =>
            endOtherSessions(tx, context, { user, keep: session.id, actor: principal }),
          );
          return { told: 'others_ended' };
        },
      },
      {
        path: '/account/sessions/forget-devices',
        sensitive: true,
        async run({ current: { user, principal } }) {
          await store.transaction({ tenantId }, (tx) =>
            forgetOwnDevices(tx, context, { tenantId, userId: user.id, actor: principal }),
          );
          return { told: 'devices_forgotten' };
        },
      },
    ],
  };
}

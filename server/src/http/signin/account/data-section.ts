import { listApiKeys } from '#apikeys';
import { listEvents } from '#audit';
import { LIMITS } from '#base';
import { deleteUser, emailKey, membershipsOf } from '#directory';
import {
  ACCOUNT_PATHS,
  enrolledFactors,
  listSessions,
  type Page,
  renderAccountDeletedPage,
  renderDataPage,
  renderDeleteAccountPage,
} from '#signin';
import type { PagesContext } from '../pages-context.ts';
import type { Section, Visit } from './section.ts';

/** What is known of a person, to take along, and the end of it. */
export function dataSection(context: PagesContext): Section {
  const { store, tenantId, cookies } = context;
  return {
    path: ACCOUNT_PATHS.data,
    show: async ({ view, facts }) => renderDataPage(view, facts),
    actions: [
      {
        path: '/account/data/download',
        sensitive: true,
        run: async (visit) => ({ page: await dataOf(context, visit) }),
      },
      {
        path: '/account/data/delete',
        sensitive: true,
        confirm: async ({ view, facts }) => renderDeleteAccountPage(view, facts),
        async run({ view, facts, current: { user, principal } }, form) {
          const typed = form.field('typed').trim();
          if (emailKey(typed) !== emailKey(user.email)) {
            return { page: renderDeleteAccountPage(view, facts, { typed }) };
          }
          await store.transaction({ tenantId }, (tx) =>
            deleteUser(tx, context, { tenantId, id: user.id, actor: principal }),
          );
          return { page: renderAccountDeletedPage(view), cookies: [cookies.clear('session'), cookies.clear('device')] };
        },
      },
    ],
  };
}

/** GDPR Article 15 and 20: all there is about a person, in a form that programs read. Secrets are not kept, so not in it. */
async function dataOf(context: PagesContext, { current, facts, view }: Visit): Promise<Page> {
  const { store, tenantId, applications } = context;
  const { user } = current;
  const { memberships, sessions, factors } = await store.transaction(
    { tenantId },
    async (tx) => ({
      memberships: await membershipsOf(tx, { tenantId, userId: user.id }),
      sessions: await listSessions(tx, { user, now: facts.now }),
      factors: [...(await enrolledFactors(tx, user))],
    }),
    { readOnly: true },
  );
  const whole = { limit: LIMITS.pageSizeMax, tenantId };
  const data = {
    exportedAt: new Date(facts.now).toISOString(),
    account: user,
    organizations: memberships,
    signInMethods: factors,
    sessions,
    applications: await applications.connectedApplications({ tenantId, userId: user.id }),
    apiKeys: (await listApiKeys(context, { ...whole, ownerId: user.id })).items,
    // The newest of them: the log itself is kept by the operator, who is asked for the rest.
    activity: (await listEvents(context, { ...whole, actorId: user.id })).items,
    aboutYou: (await listEvents(context, { ...whole, targetType: 'user', targetId: user.id })).items,
  };
  const { headers } = renderDataPage(view, facts);
  return {
    status: 200,
    headers: {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="my-data.json"',
    },
    body: `${JSON.stringify(data, null, 2)}\n`,
  };
}

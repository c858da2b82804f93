import { listApiKeys } from '#apikeys';
import { type ListEventsInput, type ListedAuditEvent, listEvents } from '#audit';
import { LIMITS } from '#base';
import { deleteUser, emailKey, groupsOf, membershipsOf } from '#directory';
import {
  ACCOUNT_PATHS,
  enrolledFactors,
  listFactors,
  listRememberedDevices,
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

/** So many fit into one answer: some thirty megabytes, more than anybody does in years. */
const EVENTS_MAX = 50_000;

async function everyEvent(context: PagesContext, filter: ListEventsInput): Promise<ListedAuditEvent[]> {
  const events: ListedAuditEvent[] = [];
  for (let after: string | undefined; events.length < EVENTS_MAX; ) {
    const page = await listEvents(context, { ...filter, ...(after === undefined ? {} : { after }) });
    events.push(...page.items);
    after = page.next;
    if (after === undefined) break;
  }
  return events;
}

/** GDPR Article 15 and 20: all there is about a person, in a form that programs read. Secrets are not kept, so not in it. */
async function dataOf(context: PagesContext, { current, facts, view }: Visit): Promise<Page> {
  const { store, tenantId, applications } = context;
  const { user } = current;
  const { memberships, groups, sessions, factors, details, devices } = await store.transaction(
    { tenantId },
    async (tx) => ({
      memberships: await membershipsOf(tx, { tenantId, userId: user.id }),
      sessions: await listSessions(tx, { user, now: facts.now }),
      groups: await groupsOf(tx, { tenantId, memberIds: [user.id] }),
      factors: [...(await enrolledFactors(tx, user))],
      details: await listFactors(tx, user),
      devices: await listRememberedDevices(tx, { tenantId, userId: user.id, now: facts.now }),
    }),
    { readOnly: true },
  );
  const whole = { limit: LIMITS.pageSizeMax, tenantId };
  const data = {
    exportedAt: new Date(facts.now).toISOString(),
    account: user,
    organizations: memberships,
    groups,
    signInMethods: factors,
    authenticatorAppSince: details.totpSince ?? null,
    passkeys: details.passkeys,
    recoveryCodesLeft: details.recoveryCodes,
    rememberedDevices: devices,
    sessions,
    applications: await applications.connectedApplications({ tenantId, userId: user.id }),
    apiKeys: (await listApiKeys(context, { ...whole, ownerId: user.id })).items,
    activity: await everyEvent(context, { ...whole, actorId: user.id }),
    aboutYou: await everyEvent(context, { ...whole, targetType: 'user', targetId: user.id }),
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

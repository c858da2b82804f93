import { directoryErrors, getMembership, holdOrganization, membershipsOf, removeMembership } from '#directory';
import { ACCOUNT_PATHS, renderConfirmPage, renderOrganizationsPage, setActiveOrganization } from '#signin';
import type { Tx } from '#store';
import type { PagesContext } from '../pages-context.ts';
import type { Section, Visit } from './section.ts';

/** The organizations a person belongs to. */
export function organizationsSection(context: PagesContext): Section {
  const { store, tenantId } = context;
  const idOf = ({ request }: Visit) => (request.params as { id?: string }).id ?? '';
  const named = async (tx: Tx, id: string) =>
    (await holdOrganization(tx, { tenantId, organization: id })).spec.displayName;

  function activate({ current }: Visit, organizationId: string | undefined): Promise<void> {
    const { session, principal } = current;
    return store.transaction({ tenantId }, (tx) =>
      setActiveOrganization(tx, context, { tenantId, sessionId: session.originId, actor: principal, organizationId }),
    );
  }

  return {
    path: ACCOUNT_PATHS.organizations,
    async show({ current: { user, principal }, view, facts }) {
      const organizations = await store.transaction({ tenantId }, async (tx) => {
        const mine = await membershipsOf(tx, { tenantId, userId: user.id });
        return Promise.all(
          mine.map(async ({ organizationId, roles }) => ({
            id: organizationId,
            displayName: await named(tx, organizationId),
            roles,
            active: organizationId === principal.organizationId,
            manages: organizationId === user.organizationId,
          })),
        );
      });
      return renderOrganizationsPage(view, facts, organizations);
    },
    actions: [
      {
        path: '/account/organizations/:id/activate',
        async run(visit) {
          await activate(visit, idOf(visit));
          return { told: 'organization_chosen' };
        },
      },
      {
        path: '/account/organizations/none',
        async run(visit) {
          await activate(visit, undefined);
          return { told: 'organization_chosen' };
        },
      },
      {
        path: '/account/organizations/:id/leave',
        async confirm(visit) {
          const { view, facts, current } = visit;
          const organizationId = idOf(visit);
          const displayName = await store.transaction({ tenantId }, async (tx) => {
            await getMembership(tx, { tenantId, organizationId, userId: current.user.id });
            return named(tx, organizationId);
          });
          if (organizationId === current.user.organizationId) throw directoryErrors.account_managed_here();
          const { ownData } = view.locale.text;
          return renderConfirmPage(view, {
            csrfToken: facts.csrfToken,
            title: ownData.leaveTitle(displayName),
            message: ownData.leaveNote(displayName),
            action: `/account/organizations/${organizationId}/leave`,
            confirm: ownData.leave,
            cancelPath: ACCOUNT_PATHS.organizations,
            danger: true,
          });
        },
        async run(visit) {
          const { user, principal } = visit.current;
          const which = { tenantId, organization: idOf(visit), userId: user.id, actor: principal };
          await store.transaction({ tenantId }, (tx) => removeMembership(tx, context, which));
          return { told: 'organization_left' };
        },
      },
    ],
  };
}

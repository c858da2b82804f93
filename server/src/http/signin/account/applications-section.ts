import { oauthErrors } from '#oauth';
import { ACCOUNT_PATHS, renderApplicationsPage, renderConfirmPage } from '#signin';
import type { PagesContext } from '../pages-context.ts';
import type { Section, Visit } from './section.ts';

/** Applications that may act for a person. */
export function applicationsSection({ applications, tenantId }: PagesContext): Section {
  const listed = ({ current }: Visit) => applications.connectedApplications({ tenantId, userId: current.user.id });
  const idOf = ({ request }: Visit) => (request.params as { id?: string }).id ?? '';
  return {
    path: ACCOUNT_PATHS.applications,
    show: async (visit) => renderApplicationsPage(visit.view, visit.facts, await listed(visit)),
    actions: [
      {
        path: '/account/applications/:id/remove',
        async confirm(visit) {
          const application = (await listed(visit)).find(({ id }) => id === idOf(visit));
          if (application === undefined) throw oauthErrors.application_not_connected();
          const { account } = visit.view.locale.text;
          return renderConfirmPage(visit.view, {
            csrfToken: visit.facts.csrfToken,
            title: account.revokeApplicationTitle(application.displayName),
            message: account.revokeApplicationNote(application.displayName),
            action: `/account/applications/${application.id}/remove`,
            confirm: account.revokeApplication,
            cancelPath: ACCOUNT_PATHS.applications,
            danger: true,
          });
        },
        async run(visit) {
          const { user, principal } = visit.current;
          await applications.disconnectApplication({ tenantId, userId: user.id, id: idOf(visit), actor: principal });
          return { told: 'access_removed' };
        },
      },
    ],
  };
}

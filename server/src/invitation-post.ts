import type { InvitationPost } from '#directory';
import type { Mailer } from '#mail';

/** Invitations go by mail, with the transaction that makes them. */
export function invitationPost(mailer: Mailer): InvitationPost {
  return {
    async send(tx, { tenantId, to, link, organization = 'Gatehouse', inviter = 'An administrator', days, expiresAt }) {
      const values = { link, organization, inviter, days: String(days) };
      await mailer.queue(tx, { tenantId, to, name: '', template: 'invitation', values, expiresAt });
    },
  };
}

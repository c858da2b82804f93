import { z } from 'zod';
import { findUser } from '#directory';
import { type Mailer, plainName, type RequestHandler } from '#mail';
import type { NoticePort, OAuthNotice } from '#oauth';

const REQUEST = 'oauth_notice';
const MINUTE_MILLISECONDS = 60_000;

const payloadSchema = z.strictObject({
  kind: z.enum(['refresh_token_reused', 'approval_requested']),
  userId: z.string(),
  application: z.string(),
  at: z.number(),
  expiresAt: z.number().optional(),
});

/** What people hear of applications goes by mail, asked for in the transaction in which it happens. */
export function oauthNotices(mailer: Pick<Mailer, 'request'>): NoticePort {
  return {
    notify: (tx, { tenantId, client, ...notice }: OAuthNotice) =>
      mailer.request(tx, { tenantId, kind: REQUEST, payload: { ...notice, application: client.displayName } }),
  };
}

/** What the mail worker does with it: whether there is such a person is looked at only here. */
export const oauthNoticeHandler = (deps: { mailer: Mailer; issuer: string }): readonly [string, RequestHandler] => [
  REQUEST,
  async (tx, { tenantId, payload }) => {
    const notice = payloadSchema.parse(payload);
    const user = await findUser(tx, { tenantId, id: notice.userId });
    if (user === undefined || user.status !== 'active') return;
    const addressee = { tenantId, to: user.email, name: user.name };
    // A client chose its name, perhaps one that registered itself: it must not become a link in the mail.
    const application = plainName(notice.application);
    if (notice.kind === 'refresh_token_reused') {
      const values = { application, time: timeText(notice.at), account_link: new URL('/account', deps.issuer).href };
      await deps.mailer.queue(tx, { ...addressee, template: notice.kind, values });
      return;
    }
    const { at, expiresAt = at } = notice;
    const minutes = String(Math.max(1, Math.floor((expiresAt - at) / MINUTE_MILLISECONDS)));
    const values = { application, link: new URL('/approvals', deps.issuer).href, minutes };
    await deps.mailer.queue(tx, { ...addressee, template: notice.kind, values, expiresAt });
  },
];

/** In UTC and said so: where the reader is nobody knows. */
const timeText = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

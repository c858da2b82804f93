import type { Keyring } from '#keyring';
import type { Store } from '#store';
import { type ComposeDeps, composeMail } from './compose-mail.ts';
import { openLetter } from './letter-content.ts';
import { isMailTemplate } from './mail-templates.ts';
import type { RenderedMail } from './render-mail.ts';
import type { MailTables } from './tables.ts';

export interface OutboxMail extends RenderedMail {
  id: string;
  to: string;
  template: string;
  createdAt: number;
}

const SHOWN_MAX = 50;

/** The newest mails that wait, opened: for development, where nothing sends them. Never for anything else. */
export async function listOutbox(
  deps: ComposeDeps & { store: Pick<Store, 'transaction'>; keyring: Pick<Keyring, 'open'> },
  { tenantId }: { tenantId: string },
): Promise<OutboxMail[]> {
  const rows = await deps.store.transaction(
    { tenantId },
    (tx) =>
      tx
        .withTables<MailTables>()
        .selectFrom('mail_outbox')
        .select(['id', 'template', 'sealed', 'created_at'])
        .where('tenant_id', '=', tenantId)
        .where('status', '=', 'queued')
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(SHOWN_MAX)
        .execute(),
    { readOnly: true },
  );
  return rows.flatMap(({ id, template, sealed, created_at: createdAt }) => {
    if (sealed === null || !isMailTemplate(template)) return [];
    const content = openLetter(deps.keyring, id, sealed);
    const { subject, text, html } = composeMail(deps, { tenantId, template, content });
    return [{ id, to: content.to, template, createdAt, subject, text, ...(html === undefined ? {} : { html }) }];
  });
}

import type { User } from '#directory';
import { html } from './html.ts';
import type { Page } from './page-headers.ts';
import { renderConfirmPage } from './page-parts.ts';
import type { View } from './view.ts';

/** Says for whom one is about to act, why and for how long, and asks. */
export function renderImpersonationPage(
  view: View,
  asked: { id: string; csrfToken: string; user: Pick<User, 'id' | 'name' | 'email'>; reason: string; minutes: number },
): Page {
  const { impersonation: words } = view.locale.text;
  const { id, csrfToken, user, reason, minutes } = asked;
  return renderConfirmPage(view, {
    csrfToken,
    title: words.title(user.name),
    message: html`${words.message(user.email, minutes)}</p><p>${words.reason(reason)}`,
    action: `/impersonations/${id}`,
    confirm: words.begin,
    cancelPath: `/console/users/${user.id}`,
  });
}

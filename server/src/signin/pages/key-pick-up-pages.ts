import { hiddenFields } from './form-parts.ts';
import { html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import { codesList, timeInUtc } from './page-parts.ts';
import type { View } from './view.ts';

/** Where the link in the mail leads. */
export const KEY_PICK_UP_PATH = '/key-pick-up';

/** Nothing is made by following a link: programs that look at mail follow links too. */
export function renderKeyPickUpPage(
  view: View,
  { csrfToken, name, display }: { csrfToken: string; name: string; display: string },
): Page {
  const { keyPickUp } = view.locale.text;
  return cardPage(view, {
    title: keyPickUp.title,
    content: html`<header>
<h1>${keyPickUp.title}</h1>
<p>${keyPickUp.message(name, display)}</p>
</header>
<form class="stack" method="post" action="${KEY_PICK_UP_PATH}" novalidate>
${hiddenFields({ csrf_token: csrfToken })}
<button type="submit">${keyPickUp.show}</button>
</form>`,
  });
}

/** Shown this once, so the page is the only place where it ever stands. */
export function renderPickedUpKeyPage(
  view: View,
  { name, key, endsAt }: { name: string; key: string; endsAt: number },
): Page {
  const { keyPickUp } = view.locale.text;
  return cardPage(view, {
    title: keyPickUp.doneTitle,
    content: html`<header>
<h1>${keyPickUp.doneTitle}</h1>
<p>${keyPickUp.done(name)}</p>
<p>${keyPickUp.old(timeInUtc(endsAt))}</p>
</header>
${codesList(view, { codes: [key], fileName: 'api-key.txt' })}`,
  });
}

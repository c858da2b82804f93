import { hiddenFields } from './form-parts.ts';
import { html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import type { View } from './view.ts';

/**
 * Posts an answer to the application that asked for it (OAuth 2.0 Form Post Response Mode §2): by itself where scripts
 * run, by its button where they don't. The page's policy names the application's origin as the one it may post to.
 */
export function renderFormPostPage(
  view: View,
  { action, fields }: { action: string; fields: Readonly<Record<string, string>> },
): Page {
  const { signIn, frame } = view.locale.text;
  return cardPage(view, {
    title: signIn.signedInTitle,
    formAction: [action],
    content: html`<header>
<h1>${signIn.signedIn}</h1>
<p>${signIn.onward}</p>
</header>
<form method="post" action="${action}" data-submit>
${hiddenFields(fields)}
<button type="submit" class="wide">${frame.continue}</button>
</form>`,
  });
}

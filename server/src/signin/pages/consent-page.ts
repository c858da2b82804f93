import { type Asked, clientFacts, personLine, scopeSection, strangerNotice } from './consent-parts.ts';
import { hiddenFields } from './form-parts.ts';
import { html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import type { View } from './view.ts';

/** What the authorization endpoint asks a person. */
export interface ConsentPrompt extends Asked {
  /** Names this question, and proves that the answer comes from this page: it is sent back with it. */
  interaction: string;
  /** Where the answer will send the browser. Its host is shown, and the page's policy must allow it. */
  redirectUri: string;
}

/** Posts `interaction`, `decision` (`allow` or `deny`) and what is ticked to /oauth/consent. */
export function renderConsentPage(view: View, { interaction, redirectUri, ...asked }: ConsentPrompt): Page {
  const { consent } = view.locale.text;
  const { client } = asked;
  return cardPage(view, {
    title: consent.title(client.displayName),
    formAction: [redirectUri],
    foot: consent.returnTo(describeDestination(view, redirectUri)),
    content: html`<header>
<h1>${consent.heading(client.displayName)}</h1>
</header>
${strangerNotice(view, client)}
<form class="stack" method="post" action="/oauth/consent">
${hiddenFields({ interaction })}
${personLine(view, asked.person)}
${scopeSection(view, asked)}
<div class="hint"><p>${consent.onlyKnown}</p>${clientFacts(view, asked)}</div>
<div class="actions"><button type="submit" class="quiet" name="decision" value="deny">${consent.deny}</button><button type="submit" name="decision" value="allow">${consent.allow}</button></div>
</form>`,
  });
}

/** The host, or for a native application's own scheme the scheme: never the whole URI, which may hold anything. */
function describeDestination({ locale }: View, redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.host === '' ? locale.text.consent.application(url.protocol.slice(0, -1)) : url.host;
}

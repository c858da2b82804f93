import { clientFacts, consentItem, personLine, scopeSection, strangerNotice } from './consent-parts.ts';
import { hiddenFields } from './form-parts.ts';
import { type Html, html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import type { View } from './view.ts';

/** What the authorization endpoint asks a person. */
export interface ConsentPrompt {
  /** Names this question, and proves that the answer comes from this page: it is sent back with it. */
  interaction: string;
  client: { id: string; displayName: string; isSelfRegistered?: boolean };
  person: { name: string | undefined; email: string | undefined };
  scopes: readonly { scope: string; description: string }[];
  /** What exactly is asked for beyond scopes (RFC 9396): every value, since each is agreed to. */
  details?: readonly {
    type: string;
    description: string;
    values: readonly { name: string; value: string }[];
  }[];
  /** The API that the scopes belong to. */
  api: { name: string; audience: string } | undefined;
  /** Where the answer will send the browser. Its host is shown, and the page's policy must allow it. */
  redirectUri: string;
}

/** Posts `interaction` and `decision` (`allow` or `deny`) to /oauth/consent. */
export function renderConsentPage(
  view: View,
  { interaction, client, person, scopes, details = [], api, redirectUri }: ConsentPrompt,
): Page {
  const { consent } = view.locale.text;
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
${personLine(view, person)}
${scopeSection(view, { client, scopes }, details.map(detailItem))}
<div class="hint"><p>${consent.onlyKnown}</p>${clientFacts(view, { client, api })}</div>
<div class="actions"><button type="submit" class="quiet" name="decision" value="deny">${consent.deny}</button><button type="submit" name="decision" value="allow">${consent.allow}</button></div>
</form>`,
  });
}

/** RFC 9396: what is asked for in detail, by the fields that its type shows. */
function detailItem({ type, description, values }: NonNullable<ConsentPrompt['details']>[number]): Html {
  const shown = values.map(({ name, value }) => html`<span class="detail"><code>${name}</code> ${value}</span>`);
  return consentItem(html`<span class="detail">${description}</span><code>${type}</code>${shown}`);
}

/** The host, or for a native application's own scheme the scheme: never the whole URI, which may hold anything. */
function describeDestination({ locale }: View, redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.host === '' ? locale.text.consent.application(url.protocol.slice(0, -1)) : url.host;
}

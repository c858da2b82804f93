import { hiddenFields } from './form-parts.ts';
import { html } from './html.ts';
import { initials } from './initials.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import type { View } from './view.ts';

/** What the authorization endpoint asks a person. */
export interface ConsentPrompt {
  /** Names this question, and proves that the answer comes from this page: it is sent back with it. */
  interaction: string;
  client: { id: string; displayName: string };
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
  const name = person.name ?? person.email ?? consent.yourAccount;
  return cardPage(view, {
    title: consent.title(client.displayName),
    formAction: [redirectUri],
    foot: consent.returnTo(describeDestination(view, redirectUri)),
    content: html`<header>
<h1>${consent.heading(client.displayName)}</h1>
</header>
<form class="stack" method="post" action="/oauth/consent">
${hiddenFields({ interaction })}
<div class="as"><span class="avatar" aria-hidden="true">${initials(name, person.email ?? '')}</span><span class="who"><strong>${name}</strong>${person.email !== undefined && person.email !== name && html`<span class="muted small">${person.email}</span>`}</span></div>
<section aria-labelledby="will">
<h2 id="will">${scopes.length > 0 ? consent.willBeAble(client.displayName) : consent.willLearn(client.displayName)}</h2>
<ul class="scopes">
${scopes.map(({ scope, description }) => html`<li>${tick()}<span>${description !== '' && html`<span class="detail">${description}</span>`}<code>${scope}</code></span></li>`)}
${details.map(({ type, description, values }) => html`<li>${tick()}<span><span class="detail">${description}</span><code>${type}</code>${values.map(({ name: path, value }) => html`<span class="detail"><code>${path}</code> ${value}</span>`)}</span></li>`)}
</ul>
</section>
<div class="hint"><p>${consent.onlyKnown}</p><p>${consent.registeredAs}: <code>${client.id}</code></p>${api !== undefined && html`<p>${consent.asksFor}: <code>${api.name}</code></p>`}</div>
<div class="actions"><button type="submit" class="quiet" name="decision" value="deny">${consent.deny}</button><button type="submit" name="decision" value="allow">${consent.allow}</button></div>
</form>`,
  });
}

const tick = () =>
  html`<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false"><path d="M4.5 10.5l3.5 3.5 7.5-8"/></svg>`;

/** The host, or for a native application's own scheme the scheme: never the whole URI, which may hold anything. */
function describeDestination({ locale }: View, redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.host === '' ? locale.text.consent.application(url.protocol.slice(0, -1)) : url.host;
}

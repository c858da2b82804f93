import { hiddenFields } from './form-parts.ts';
import { html } from './html.ts';
import { initials } from './initials.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';

/** What the authorization endpoint asks a person. */
export interface ConsentPrompt {
  /** Names this question, and proves that the answer comes from this page: it is sent back with it. */
  interaction: string;
  client: { id: string; displayName: string };
  person: { name: string | undefined; email: string | undefined };
  scopes: readonly { scope: string; description: string }[];
  /** The API that the scopes belong to. */
  api: { name: string; audience: string } | undefined;
  /** Where the answer will send the browser. Its host is shown, and the page's policy must allow it. */
  redirectUri: string;
}

/** Posts `interaction` and `decision` (`allow` or `deny`) to /oauth/consent. */
export function renderConsentPage({ interaction, client, person, scopes, api, redirectUri }: ConsentPrompt): Page {
  const name = person.name ?? person.email ?? 'Your account';
  return cardPage({
    title: `Allow ${client.displayName}?`,
    formAction: [redirectUri],
    foot: `You will return to ${describeDestination(redirectUri)}`,
    content: html`<header>
<h1>Allow ${client.displayName} to use your account?</h1>
</header>
<form class="stack" method="post" action="/oauth/consent">
${hiddenFields({ interaction })}
<div class="as"><span class="avatar" aria-hidden="true">${initials(name, person.email ?? '')}</span><span class="who"><strong>${name}</strong>${person.email !== undefined && person.email !== name && html`<span class="muted small">${person.email}</span>`}</span></div>
<section aria-labelledby="will">
<h2 id="will">${scopes.length > 0 ? `${client.displayName} will be able to` : `${client.displayName} will learn who you are`}</h2>
<ul class="scopes">
${scopes.map(({ scope, description }) => html`<li>${tick()}<span>${description !== '' && html`<span class="detail">${description}</span>`}<code>${scope}</code></span></li>`)}
</ul>
</section>
<p class="hint">Only allow applications you know. This one is registered as <code>${client.id}</code>${api !== undefined && html` and asks for access to <code>${api.name}</code>`}.</p>
<div class="actions"><button type="submit" class="quiet" name="decision" value="deny">Don’t allow</button><button type="submit" name="decision" value="allow">Allow</button></div>
</form>`,
  });
}

const tick = () =>
  html`<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false"><path d="M4.5 10.5l3.5 3.5 7.5-8"/></svg>`;

/** The host, or for a native application's own scheme the scheme: never the whole URI, which may hold anything. */
function describeDestination(redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.host === '' ? `the application (${url.protocol.slice(0, -1)})` : url.host;
}

import { hiddenFields } from './form-parts.ts';
import { html } from './html.ts';
import { initials } from './initials.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';

/** What the authorization endpoint asks a person, and how the answer comes back. */
export interface ConsentPrompt {
  client: { id: string; name: string };
  user: { name: string; email: string };
  /** In plain words where the API declares them; the name is always shown too. */
  scopes: readonly { name: string; description?: string }[];
  /** Where the answer will send the browser. Its host is shown, and the page's policy must allow it. */
  redirectUri: string;
  /** Path that the form is posted to, for example `/oauth/consent`. The answer is `decision=allow` or `decision=deny`. */
  action: string;
  /** Sent back with the answer: the form token and whatever names the request in progress. */
  hiddenFields: Readonly<Record<string, string>>;
}

export function renderConsentPage(prompt: ConsentPrompt): Page {
  const { client, user } = prompt;
  return cardPage({
    title: `Allow ${client.name}?`,
    formAction: [prompt.redirectUri],
    foot: `You will return to ${describeDestination(prompt.redirectUri)}`,
    content: html`<header>
<h1>Allow ${client.name} to use your account?</h1>
</header>
<form class="stack" method="post" action="${prompt.action}">
${hiddenFields(prompt.hiddenFields)}
<div class="as"><span class="avatar" aria-hidden="true">${initials(user.name, user.email)}</span><span class="who"><strong>${user.name}</strong><span class="muted small">${user.email}</span></span></div>
<section aria-labelledby="will">
<h2 id="will">${prompt.scopes.length > 0 ? `${client.name} will be able to` : `${client.name} will learn who you are`}</h2>
<ul class="scopes">
${prompt.scopes.map((scope) => html`<li>${tick()}<span>${scope.description !== undefined && html`<span class="detail">${scope.description}</span>`}<code>${scope.name}</code></span></li>`)}
</ul>
</section>
<div class="actions"><button type="submit" class="quiet" name="decision" value="deny">Don’t allow</button><button type="submit" name="decision" value="allow">Allow</button></div>
<p class="hint">Only allow applications you know. You asked for this from <code>${client.id}</code>.</p>
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

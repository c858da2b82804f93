import { notice } from './form-parts.ts';
import { type Html, html } from './html.ts';
import { initials } from './initials.ts';
import type { View } from './view.ts';

/** Who asks, who is asked, and what for: what every page that gives something away shows. */
export interface Asked {
  /** `isSelfRegistered`: its name is what it calls itself. */
  client: { id: string; displayName: string; isSelfRegistered?: boolean };
  person: { name: string | undefined; email: string | undefined };
  scopes: readonly { scope: string; description: string }[];
  api: { name: string; audience: string } | undefined;
}

/** Whose account it is about. */
export function personLine({ locale }: View, person: Asked['person']): Html {
  const name = person.name ?? person.email ?? locale.text.consent.yourAccount;
  return html`<div class="as"><span class="avatar" aria-hidden="true">${initials(name, person.email ?? '')}</span><span class="who"><strong>${name}</strong>${person.email !== undefined && person.email !== name && html`<span class="muted small">${person.email}</span>`}</span></div>`;
}

/** What the client will be able to do. `more` are items beside the scopes. */
export function scopeSection(
  { locale }: View,
  { client, scopes }: Pick<Asked, 'client' | 'scopes'>,
  more: readonly Html[] = [],
): Html {
  const { consent } = locale.text;
  return html`<section aria-labelledby="will">
<h2 id="will">${scopes.length > 0 ? consent.willBeAble(client.displayName) : consent.willLearn(client.displayName)}</h2>
<ul class="scopes">
${scopeItems(locale, scopes)}${more}
</ul>
</section>`;
}

/** Each scope in the words of the page's language where it has some, else in those of the API. */
export function scopeItems({ text }: View['locale'], scopes: Asked['scopes']): Html[] {
  const known: Readonly<Record<string, string>> = text.consent.identityScopes;
  return scopes.map(({ scope, description }) => {
    const words = Object.hasOwn(known, scope) ? known[scope] : description;
    return consentItem(html`${words !== '' && html`<span class="detail">${words}</span>`}<code>${scope}</code>`);
  });
}

/** One thing that is given away. */
export const consentItem = (content: Html): Html => html`<li>${tick()}<span>${content}</span></li>`;

const tick = () =>
  html`<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false"><path d="M4.5 10.5l3.5 3.5 7.5-8"/></svg>`;

/** A stranger may call itself like one of the operator's own: whoever agrees must know that nobody looked. */
export function strangerNotice({ locale }: View, { displayName, isSelfRegistered }: Asked['client']): Html | false {
  return isSelfRegistered === true && notice(locale.text.consent.stranger(displayName), 'warn');
}

/** The client's own name is what it says of itself; these are what it is. */
export function clientFacts({ locale }: View, { client, api }: Pick<Asked, 'client' | 'api'>): Html {
  const { consent } = locale.text;
  return html`<p>${consent.registeredAs}: <code>${client.id}</code></p>${api !== undefined && html`<p>${consent.asksFor}: <code>${api.name}</code></p>`}`;
}

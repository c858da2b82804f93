import { hiddenFields, notice } from './form-parts.ts';
import { type Html, html } from './html.ts';
import { initials } from './initials.ts';
import type { View } from './view.ts';

interface AskedScope {
  scope: string;
  description: string;
  isRequired: boolean;
}

interface AskedDetail {
  type: string;
  description: string;
  values: readonly { name: string; value: string }[];
  isRequired: boolean;
}

/** Who asks, who is asked, and what for: what every page that gives something away shows. */
export interface Asked {
  /** `isSelfRegistered`: its name is what it calls itself. */
  client: { id: string; displayName: string; isSelfRegistered?: boolean };
  person: { name: string | undefined; email: string | undefined };
  scopes: readonly AskedScope[];
  /** What exactly is asked for beyond scopes (RFC 9396): every value, since each is agreed to. */
  details: readonly AskedDetail[];
  api: { name: string; audience: string } | undefined;
}

/** Whose account it is about. */
export function personLine({ locale }: View, person: Asked['person']): Html {
  const name = person.name ?? person.email ?? locale.text.consent.yourAccount;
  return html`<div class="as"><span class="avatar" aria-hidden="true">${initials(name, person.email ?? '')}</span><span class="who"><strong>${name}</strong>${person.email !== undefined && person.email !== name && html`<span class="muted small">${person.email}</span>`}</span></div>`;
}

/** What the client will be able to do, each with a tick to take away unless it must stay. Inside the form. */
export function scopeSection(view: View, asked: Pick<Asked, 'client' | 'scopes' | 'details'>): Html {
  const { consent } = view.locale.text;
  const { client, scopes } = asked;
  return html`<section aria-labelledby="will">
<h2 id="will">${scopes.length > 0 ? consent.willBeAble(client.displayName) : consent.willLearn(client.displayName)}</h2>
${askedList(view, asked)}
</section>`;
}

/**
 * The list of what is asked for. `choice` names what could be unticked, so that what is not ticked is told from what was
 * never offered: without a script, a box that is not ticked is not sent.
 */
export function askedList({ locale }: View, { scopes, details }: Pick<Asked, 'scopes' | 'details'>): Html {
  const items = [
    ...scopes.map((asked, index) => ({ ...asked, name: `scope.${index}`, words: scopeWords(locale, asked) })),
    ...details.map((asked, index) => ({ ...asked, name: `detail.${index}`, words: detailWords(asked) })),
  ];
  const choice = items.filter(({ isRequired }) => !isRequired).map(({ name }) => name);
  return html`${choice.length > 0 && html`<p class="hint">${locale.text.consent.untick}</p>${hiddenFields({ choice: choice.join(' ') })}`}<ul class="scopes">
${items.map((item) => (item.isRequired ? html`<li>${tick()}<span>${item.words}</span></li>` : choiceItem(item)))}
</ul>`;
}

function choiceItem({ name, words }: { name: string; words: Html }): Html {
  return html`<li class="check"><label><input type="checkbox" name="${name}" value="yes" checked><span>${words}</span></label></li>`;
}

/** Each scope in the words of the page's language where it has some, else in those of the API. */
function scopeWords({ text }: View['locale'], { scope, description }: AskedScope): Html {
  const known: Readonly<Record<string, string>> = text.consent.identityScopes;
  const words = Object.hasOwn(known, scope) ? known[scope] : description;
  return html`${words !== '' && html`<span class="detail">${words}</span>`}<code>${scope}</code>`;
}

/** RFC 9396: what is asked for in detail, by the fields that its type shows. */
function detailWords({ type, description, values }: AskedDetail): Html {
  const shown = values.map(({ name, value }) => html`<span class="detail"><code>${name}</code> ${value}</span>`);
  return html`<span class="detail">${description}</span><code>${type}</code>${shown}`;
}

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

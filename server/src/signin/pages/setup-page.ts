import { hiddenFields, notice, passwordField, textField } from './form-parts.ts';
import { html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import type { View } from './view.ts';

const FIELDS = ['name', 'email', 'password', 'password_again'] as const;

export interface SetupPage {
  csrfToken: string;
  issuerHost: string;
  name?: string;
  email?: string;
  /** By field name. */
  errors?: Readonly<Partial<Record<(typeof FIELDS)[number], string>>>;
  problem?: { message: string };
}

/** The first administrator sets up the account that everything else is administered with. */
export function renderSetupPage(
  view: View,
  { csrfToken, issuerHost, name, email, errors = {}, problem }: SetupPage,
): Page {
  const { setup, signIn } = view.locale.text;
  const refused = problem !== undefined || Object.keys(errors).length > 0;
  // Typing goes on at the first mistake.
  const focused = FIELDS.find((field) => errors[field] !== undefined) ?? (refused ? undefined : 'name');
  return cardPage(view, {
    title: setup.title,
    status: refused ? 422 : 200,
    foot: setup.at(issuerHost),
    content: html`<header>
<h1>${setup.title}</h1>
<p>${setup.intro(view.brand.productName)}</p>
</header>
<form class="stack" method="post" action="/setup" novalidate>
${problem !== undefined && notice(problem.message)}
${hiddenFields({ csrf_token: csrfToken })}
${textField({
  name: 'name',
  label: setup.name,
  type: 'text',
  autocomplete: 'name',
  value: name ?? '',
  error: errors.name,
  autofocus: focused === 'name',
})}
${textField({
  name: 'email',
  label: signIn.email,
  type: 'email',
  autocomplete: 'username',
  value: email ?? '',
  error: errors.email,
  autofocus: focused === 'email',
})}
${passwordField(view, {
  name: 'password',
  label: signIn.password,
  autocomplete: 'new-password',
  meter: true,
  error: errors.password,
  autofocus: focused === 'password',
})}
${passwordField(view, {
  name: 'password_again',
  label: setup.passwordAgain,
  autocomplete: 'new-password',
  error: errors.password_again,
  autofocus: focused === 'password_again',
})}
<button type="submit">${setup.submit}</button>
</form>`,
  });
}

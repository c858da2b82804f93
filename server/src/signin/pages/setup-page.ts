import { PASSWORD_LENGTH_MIN } from '../password-rules.ts';
import { hiddenFields, notice, textField } from './form-parts.ts';
import { html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';

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
export function renderSetupPage({ csrfToken, issuerHost, name, email, errors = {}, problem }: SetupPage): Page {
  const refused = problem !== undefined || Object.keys(errors).length > 0;
  // Typing goes on at the first mistake.
  const focused = FIELDS.find((field) => errors[field] !== undefined) ?? (refused ? undefined : 'name');
  return cardPage({
    title: 'Create the first administrator',
    status: refused ? 422 : 200,
    foot: `You are setting up ${issuerHost}`,
    content: html`<header>
<h1>Create the first administrator</h1>
<p>This account can change everything in Gatehouse. The link that brought you here works once.</p>
</header>
<form class="stack" method="post" action="/setup" novalidate>
${problem !== undefined && notice(problem.message)}
${hiddenFields({ csrf_token: csrfToken })}
${textField({
  name: 'name',
  label: 'Your name',
  type: 'text',
  autocomplete: 'name',
  value: name ?? '',
  error: errors.name,
  autofocus: focused === 'name',
})}
${textField({
  name: 'email',
  label: 'E-mail address',
  type: 'email',
  autocomplete: 'username',
  value: email ?? '',
  error: errors.email,
  autofocus: focused === 'email',
})}
${textField({
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'new-password',
  hint: `At least ${PASSWORD_LENGTH_MIN} characters, and any you like. Long is better than complicated: a few unrelated words, or what your password manager suggests.`,
  error: errors.password,
  autofocus: focused === 'password',
})}
${textField({
  name: 'password_again',
  label: 'Password, once more',
  type: 'password',
  autocomplete: 'new-password',
  error: errors.password_again,
  autofocus: focused === 'password_again',
})}
<button type="submit">Create account</button>
</form>`,
  });
}

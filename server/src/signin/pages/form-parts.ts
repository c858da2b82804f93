import { PASSWORD_LENGTH_MIN } from '../password-rules.ts';
import { METER_SCRIPTS } from './assets.ts';
import { type Html, html } from './html.ts';
import type { View } from './view.ts';

interface FieldWords {
  name: string;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  autofocus?: boolean;
  /** Left out of the form's demands, and marked so. */
  optional?: string;
}

export interface TextField extends FieldWords {
  type: 'text' | 'email' | 'password';
  /** WHATWG autofill field name: lets browsers and password managers fill in the right thing. */
  autocomplete: 'username' | 'username webauthn' | 'current-password' | 'new-password' | 'name' | 'email' | 'off';
  value?: string;
}

/** A label, an input, and the words that belong to it, tied together for assistive technology. */
export function textField(field: TextField): Html {
  return fieldFrame(field, inputOf(field));
}

export interface PasswordField extends FieldWords {
  autocomplete: 'current-password' | 'new-password';
  /** A new one: says what makes a good one, and how hard it is to guess while it is typed. The server decides. */
  meter?: boolean;
}

/** A password with a button to see it. Without a script there is no button, and nothing else is missing. */
export function passwordField({ locale }: View, given: PasswordField): Html {
  const words = locale.text.frame;
  const advice = locale.text.setup.passwordHint(PASSWORD_LENGTH_MIN);
  const field = given.meter === true ? { ...given, hint: advice } : given;
  return fieldFrame(
    field,
    html`<div class="password">${inputOf({ ...field, type: 'password' })}<button type="button" class="reveal" data-reveal="${field.name}" data-show="${words.showPassword}" data-hide="${words.hidePassword}" aria-pressed="false" hidden><span data-word>${words.showPassword}</span><span class="visually-hidden"> ${words.thePassword}</span></button></div>
${
  field.meter === true &&
  html`<div class="meter" data-meter="${field.name}" data-words="${words.strength.join('|')}" data-scripts="${METER_SCRIPTS.map(({ path }) => path).join(' ')}" hidden><div class="meter-bars" aria-hidden="true"><i></i><i></i><i></i><i></i></div><p class="hint" aria-live="polite"><span class="visually-hidden">${words.strengthLabel}: </span><span data-meter-word></span></p></div>`
}`,
  );
}

export interface CodeField extends FieldWords {
  /** How many digits; letters are allowed where the code has them (recovery codes). */
  digits: number | undefined;
}

/** A code from an app, a message or a sheet of paper. Telephones offer what a message brought, and show digit keys. */
export function codeField(field: CodeField): Html {
  const keys = field.digits === undefined ? html` autocapitalize="characters"` : html` inputmode="numeric"`;
  return fieldFrame(
    field,
    html`<input class="code" id="${field.name}" name="${field.name}" type="text" autocomplete="one-time-code"${keys} spellcheck="false"${attributesOf(field)}>`,
  );
}

export interface SelectField extends FieldWords {
  options: readonly { value: string; label: string }[];
  value: string;
}

export function selectField(field: SelectField): Html {
  return fieldFrame(
    field,
    html`<select id="${field.name}" name="${field.name}"${attributesOf(field)}>${field.options.map(
      ({ value, label }) => html`<option value="${value}"${value === field.value && html` selected`}>${label}</option>`,
    )}</select>`,
  );
}

export function checkbox(field: { name: string; label: string | Html; checked?: boolean; value?: string }): Html {
  const value = field.value ?? 'yes';
  const id = field.value === undefined ? field.name : `${field.name}-${value}`;
  return html`<div class="check"><input type="checkbox" id="${id}" name="${field.name}" value="${value}"${field.checked === true && html` checked`}><label for="${id}">${field.label}</label></div>`;
}

function fieldFrame(field: FieldWords, control: Html): Html {
  return html`<div class="field">
<label for="${field.name}">${field.label}${field.optional !== undefined && html` <span class="muted">(${field.optional})</span>`}</label>
${control}
${field.error !== undefined && html`<p class="error" id="${field.name}-error">${field.error}</p>`}
${field.hint !== undefined && html`<p class="hint" id="${field.name}-hint">${field.hint}</p>`}
</div>`;
}

// No maxlength: a browser would cut a pasted password short without a word (ASVS 6.2.8). The server measures.
// The browser's own checks stay off (`novalidate` on the form): they speak its language and not ours, and differ.
function inputOf(field: TextField | (PasswordField & { type: 'password' })): Html {
  const value = 'value' in field && field.value !== undefined && html` value="${field.value}"`;
  return html`<input id="${field.name}" name="${field.name}" type="${field.type}" autocomplete="${field.autocomplete}"${value}${field.type !== 'text' && html` autocapitalize="none" spellcheck="false"`}${attributesOf(field)}>`;
}

function attributesOf(field: FieldWords): Html {
  const described = [
    field.error === undefined ? [] : [`${field.name}-error`],
    field.hint === undefined ? [] : [`${field.name}-hint`],
  ].flat();
  return html`${field.optional === undefined && html` required`}${described.length > 0 && html` aria-describedby="${described.join(' ')}"`}${field.error !== undefined && html` aria-invalid="true"`}${field.autofocus === true && html` autofocus`}`;
}

export function hiddenFields(values: Readonly<Record<string, string>>): Html {
  return html`${Object.entries(values).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
}

/** Tells a password manager whose password a form is about. Nobody sees it, and the server doesn't read it. */
export function accountName(email: string): Html {
  return html`<input type="text" name="username" autocomplete="username" value="${email}" readonly hidden>`;
}

export type Tone = 'danger' | 'warn' | 'success' | 'info';

/** What went wrong with the form as a whole, or went well. A failure is said by screen readers when the page arrives. */
export function notice(message: string | Html, tone: Tone = 'danger'): Html {
  const role = tone === 'danger' || tone === 'warn' ? 'alert' : 'status';
  return html`<p class="${tone === 'danger' ? 'notice' : `notice ${tone}`}" role="${role}">${message}</p>`;
}

/** All mistakes of a long form at its top, each a link to its field. Short forms show them at the fields alone. */
export function errorSummary({ locale }: View, errors: Readonly<Record<string, string | undefined>>): Html | undefined {
  const found = Object.entries(errors).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (found.length === 0) return undefined;
  return html`<div class="notice summary" role="alert"><p>${locale.text.frame.problems(found.length)}</p><ul>${found.map(([name, message]) => html`<li><a href="#${name}">${message}</a></li>`)}</ul></div>`;
}

/** A form that is one button: the usual way to do something from a list. */
export function postButton(button: {
  action: string;
  label: string | Html;
  csrfToken: string;
  style?: string;
  fields?: Readonly<Record<string, string>>;
}): Html {
  return html`<form method="post" action="${button.action}">${hiddenFields({ csrf_token: button.csrfToken, ...button.fields })}<button type="submit" class="${button.style ?? 'quiet slim'}">${button.label}</button></form>`;
}

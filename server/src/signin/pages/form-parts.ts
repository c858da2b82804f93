import { type Html, html } from './html.ts';

export interface TextField {
  name: string;
  label: string;
  type: 'text' | 'email' | 'password';
  /** WHATWG autofill field name: lets browsers and password managers fill in the right thing. */
  autocomplete: 'username' | 'current-password' | 'new-password' | 'name';
  value?: string;
  hint?: string;
  error?: string | undefined;
  autofocus?: boolean;
}

/** A label, an input, and the words that belong to it, tied together for assistive technology. */
export function textField(field: TextField): Html {
  const described = [
    field.error === undefined ? [] : [`${field.name}-error`],
    field.hint === undefined ? [] : [`${field.name}-hint`],
  ].flat();
  // No maxlength: a browser would cut a pasted password short without a word (ASVS 6.2.8). The server measures.
  // The browser's own checks stay off (`novalidate` on the form): they speak its language and not ours, and differ.
  return html`<div class="field">
<label for="${field.name}">${field.label}</label>
<input id="${field.name}" name="${field.name}" type="${field.type}" autocomplete="${field.autocomplete}" required${field.value !== undefined && html` value="${field.value}"`}${field.type !== 'text' && html` autocapitalize="none" spellcheck="false"`}${described.length > 0 && html` aria-describedby="${described.join(' ')}"`}${field.error !== undefined && html` aria-invalid="true"`}${field.autofocus === true && html` autofocus`}>
${field.error !== undefined && html`<p class="error" id="${field.name}-error">${field.error}</p>`}
${field.hint !== undefined && html`<p class="hint" id="${field.name}-hint">${field.hint}</p>`}
</div>`;
}

export function hiddenFields(values: Readonly<Record<string, string>>): Html {
  return html`${Object.entries(values).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
}

/** What went wrong with the form as a whole. `alert` makes screen readers say it when the page arrives. */
export function notice(message: string, tone: 'danger' | 'warn' = 'danger'): Html {
  return html`<p class="${tone === 'warn' ? 'notice warn' : 'notice'}" role="alert">${message}</p>`;
}

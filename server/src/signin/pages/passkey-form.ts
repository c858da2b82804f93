import { checkbox, hiddenFields, notice } from './form-parts.ts';
import { type Html, html } from './html.ts';
import type { View } from './view.ts';

export interface PasskeyForm {
  csrfToken: string;
  /** Use one, or make one. */
  ceremony: 'get' | 'create';
  /** Where the browser's answer goes, and where what to ask for comes from. */
  action: string;
  options: string;
  label: string;
  fields?: Readonly<Record<string, string>>;
  /** Passkeys are offered in the name field too, before anybody presses anything. */
  autofill?: boolean;
  /** Of the button. */
  style?: string;
  rememberDays?: number;
  /** Says that it is another way than what stands there. */
  divider?: 'above' | 'below' | undefined;
}

/** Shown by its script where the browser can do it; without one there are the other ways in. */
export function passkeyForm({ locale }: View, form: PasskeyForm): Html {
  const or = html`<p class="or"><span>${locale.text.frame.or}</span></p>`;
  const { csrfToken, ceremony, action, options, label, fields = {}, autofill = false, rememberDays = 0 } = form;
  const { passkeys, flow } = locale.text;
  return html`<form class="stack" method="post" action="${action}" data-passkey="${ceremony}" data-options="${options}"${autofill && html` data-autofill`} hidden>
${form.divider === 'above' && or}
<div data-passkey-failed hidden>${notice(passkeys.failed, 'warn')}</div>
${hiddenFields({ csrf_token: csrfToken, response: '', ...fields })}
${rememberDays > 0 && checkbox({ name: 'remember', label: flow.rememberDevice(rememberDays), value: 'yes' })}
<button type="submit" class="${form.style ?? 'quiet wide'}">${label}</button>
${form.divider === 'below' && or}
</form>`;
}

import { type TotpSetup, totpSetup } from '../enrol-page.ts';
import { html } from '../html.ts';
import type { Page } from '../page-headers.ts';
import type { View } from '../view.ts';
import { type AccountFacts, accountPage, panel } from './account-frame.ts';

/** Sets an authenticator app up, or another one instead. */
export function renderTotpPage(view: View, facts: AccountFacts, setup: TotpSetup): Page {
  const { factors, flow } = view.locale.text;
  return accountPage(view, facts, {
    section: 'factors',
    title: factors.totp,
    intro: flow.enrolTotp,
    content: panel({
      id: 'set-up',
      title: factors.addTotp,
      body: html`<div class="inset">${totpSetup(view, setup)}</div>`,
    }),
  });
}

const LINK = 'https://auth.example.com/link?token=sample';
const DEVICE = 'Firefox on Windows';
const TIME = '2026-01-01 12:00 UTC';
const KEY_END = { key: 'nightly import', display: 'gh_live_1a2b…9z8y', days: '7', time: TIME };
const RECEIVER = { webhook: 'deployments', receiver: 'hooks.example.com', time: TIME };
const LEAK = { key: 'nightly import', display: 'gh_live_1a2b…9z8y', source: 'github', place: LINK, time: TIME };

/**
 * Every mail there is, once: what it is for, who may cause it, and the values it is written with. The values here are
 * what a tenant's own template is tried with before it is accepted.
 *
 * `request`: anyone can cause it by typing an address, so few are sent to one address. `notice`: something happened to
 * the account; counted apart, so that a flood of the former can't silence it.
 */
export const MAIL_TEMPLATES = {
  password_recovery: { class: 'request', values: { link: LINK, minutes: '30' } },
  registration_verify: { class: 'request', values: { link: LINK, code: '048213', minutes: '30' } },
  registration_taken: { class: 'request', values: { sign_in_link: LINK, recovery_link: LINK } },
  sign_in_code: { class: 'request', values: { link: LINK, code: '048213', minutes: '10', device: DEVICE } },
  email_change_verify: { class: 'request', values: { link: LINK, code: '048213', minutes: '30' } },
  invitation: {
    class: 'request',
    values: { link: LINK, organization: 'Acme', inviter: 'Ada Lovelace', days: '7' },
  },
  email_changed: { class: 'notice', values: { undo_link: LINK, days: '7', device: DEVICE, time: TIME } },
  email_change_undone: { class: 'notice', values: { recovery_link: LINK, time: TIME } },
  password_changed: { class: 'notice', values: { recovery_link: LINK, device: DEVICE, time: TIME } },
  // Administrators are few and known: counted with what happens to the account.
  administrator_recovery: { class: 'notice', values: { link: LINK, minutes: '60' } },
  administrator_recovery_shown: { class: 'notice', values: { time: TIME, account_link: LINK } },
  impersonation_started: {
    class: 'notice',
    values: {
      administrator: 'Grace Hopper',
      reason: 'You asked why an order is missing',
      minutes: '30',
      time: TIME,
      account_link: LINK,
    },
  },
  new_device: { class: 'notice', values: { device: DEVICE, place: '203.0.113.7', time: TIME, account_link: LINK } },
  impossible_travel: {
    class: 'notice',
    values: { device: DEVICE, place: 'Germany (203.0.113.7)', before: 'Australia', time: TIME, account_link: LINK },
  },
  factor_added: { class: 'notice', values: { factor: 'Passkey', device: DEVICE, time: TIME, account_link: LINK } },
  factor_removed: {
    class: 'notice',
    values: { factor: 'Passkey', device: DEVICE, time: TIME, account_link: LINK },
  },
  leaked_key_revoked: { class: 'notice', values: LEAK },
  leaked_key_set_aside: { class: 'notice', values: LEAK },
  quota_reached: {
    class: 'notice',
    values: {
      what: 'nightly import (gh_live_1a2b…9z8y)',
      percent: '80',
      used: '8000',
      requests: '10000',
      period: '2026-01',
    },
  },
  key_expires: { class: 'notice', values: KEY_END },
  key_rotation_due: { class: 'notice', values: KEY_END },
  key_unused: { class: 'notice', values: KEY_END },
  key_pick_up: { class: 'notice', values: { ...KEY_END, link: LINK } },
  refresh_token_reused: { class: 'notice', values: { application: 'Wallet', time: TIME, account_link: LINK } },
  webhook_gone: { class: 'notice', values: RECEIVER },
  webhook_failing: { class: 'notice', values: RECEIVER },
  // An application causes it by naming the person.
  approval_requested: { class: 'request', values: { application: 'Wallet', link: LINK, minutes: '5' } },
} as const satisfies Readonly<Record<string, MailTemplate>>;

export interface MailTemplate {
  class: 'request' | 'notice';
  values: Readonly<Record<string, string>>;
}

export type MailTemplateName = keyof typeof MAIL_TEMPLATES;
export type MailValues<Name extends MailTemplateName> = Record<keyof (typeof MAIL_TEMPLATES)[Name]['values'], string>;

/** Besides its own values, each mail knows who it is for and who sends it. */
export const COMMON_VALUES = { name: 'Ada Lovelace', product: 'Gatehouse', host: 'auth.example.com' } as const;

export const MAIL_TEMPLATE_NAMES = Object.keys(MAIL_TEMPLATES) as [MailTemplateName, ...MailTemplateName[]];

export function isMailTemplate(name: string): name is MailTemplateName {
  return Object.hasOwn(MAIL_TEMPLATES, name);
}

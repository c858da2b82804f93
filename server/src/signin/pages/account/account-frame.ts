import { notice, postButton, type Tone } from '../form-parts.ts';
import { type Html, html } from '../html.ts';
import { initials } from '../initials.ts';
import { accountFrame } from '../layout.ts';
import type { Page } from '../page-headers.ts';
import type { View } from '../view.ts';

/** The pages of an account, in the order of their menu. */
export const ACCOUNT_PATHS = {
  profile: '/account',
  security: '/account/security',
  factors: '/account/factors',
  sessions: '/account/sessions',
  applications: '/account/applications',
  keys: '/account/keys',
  organizations: '/account/organizations',
  data: '/account/data',
} as const;
export type AccountSection = keyof typeof ACCOUNT_PATHS;

/** What every page of an account is given. */
export interface AccountFacts {
  csrfToken: string;
  now: number;
  user: { id: string; name: string; email: string; roles: readonly string[] };
  /** An administrator looks at it in the person's place. */
  acting?: boolean;
  /** What was done just now, or why it was not. */
  told?: { message: string; tone: Tone; status: number; code?: string } | undefined;
}

/** A page of the account, with the menu beside it. */
export function accountPage(
  view: View,
  { csrfToken, user, told, acting = false }: AccountFacts,
  page: { section: AccountSection; title: string; intro?: string; content: Html; status?: number; passkeys?: boolean },
): Page {
  const { account, frame, impersonation } = view.locale.text;
  const out = acting
    ? { action: '/impersonations/end', label: impersonation.end, csrfToken }
    : { action: '/sign-out', label: frame.signOut, csrfToken };
  const items = Object.entries(ACCOUNT_PATHS).map(
    ([name, path]) =>
      html`<li><a href="${path}"${name === page.section && html` aria-current="page"`}>${account.menu[name as AccountSection]}</a></li>`,
  );
  const who = html`<span class="me"><span class="avatar" aria-hidden="true">${initials(user.name, user.email)}</span><span class="me-name">${user.name}</span></span>`;
  return accountFrame(view, {
    title: page.title,
    status: page.status ?? told?.status ?? 200,
    passkeys: page.passkeys ?? false,
    signOut: html`<div class="bar-end">${who}${postButton(out)}</div>`,
    nav: html`<nav aria-label="${frame.accountMenu}"><ul>${items}</ul></nav>`,
    content: html`<header class="page-head"><h1>${page.title}</h1>${page.intro !== undefined && html`<p>${page.intro}</p>`}</header>
${acting && notice(impersonation.banner(user.name), 'warn')}
${told !== undefined && notice(told.message, told.tone)}
${page.content}`,
  });
}

/** A panel of the page. Without a heading it is the page's only subject, and has the page's name. */
export function panel(part: {
  id: string;
  title?: string;
  label?: string;
  note?: string | Html | undefined;
  action?: Html | undefined;
  body: Html;
}): Html {
  if (part.title === undefined)
    return html`<section class="panel" aria-label="${part.label ?? ''}">${part.body}</section>`;
  return html`<section class="panel" aria-labelledby="${part.id}">
<header><div><h2 id="${part.id}">${part.title}</h2>${part.note !== undefined && html`<p>${part.note}</p>`}</div>${part.action}</header>
${part.body}
</section>`;
}

import { describeUserAgent } from '../describe-user-agent.ts';
import { hiddenFields, notice } from './form-parts.ts';
import { type Html, html } from './html.ts';
import { initials } from './initials.ts';
import { accountFrame } from './layout.ts';
import type { Page } from './page-headers.ts';
import { timeAgo } from './time-ago.ts';

export interface AccountPage {
  csrfToken: string;
  now: number;
  user: { id: string; name: string; email: string; roles: readonly string[] };
  sessions: readonly AccountSession[];
  problem?: { status: number; message: string };
}

export interface AccountSession {
  id: string;
  current: boolean;
  createdAt: number;
  lastSeenAt: number;
  userAgent: string;
  address: string;
}

export function renderAccountPage({ csrfToken, now, user, sessions, problem }: AccountPage): Page {
  const others = sessions.filter((session) => !session.current).length;
  return accountFrame({
    title: 'Your account',
    status: problem?.status ?? 200,
    signOut: postButton({ action: '/sign-out', label: 'Sign out', csrfToken, style: 'quiet slim' }),
    content: html`${problem !== undefined && notice(problem.message, 'warn')}
<div class="person"><span class="avatar large" aria-hidden="true">${initials(user.name, user.email)}</span><div><h1>${user.name}</h1><p class="muted">${user.email}</p></div></div>
<section class="panel" aria-labelledby="profile">
<header><h2 id="profile">Account</h2></header>
<dl class="rows facts">
<div><dt>Roles</dt><dd>${user.roles.length === 0 ? html`<span class="muted">None</span>` : html`<span class="tags">${user.roles.map((role) => html`<span class="tag">${role}</span>`)}</span>`}</dd></div>
<div><dt>User id</dt><dd><code>${user.id}</code></dd></div>
</dl>
</section>
<section class="panel" aria-labelledby="sessions">
<header><div><h2 id="sessions">Where you are signed in</h2><p>End a session you don’t recognise: it stops working at once.</p></div>${others > 0 && postButton({ action: '/account/sessions/end-others', label: 'End all others', csrfToken, style: 'quiet slim' })}</header>
<ul class="rows">
${sessions.map((session) => sessionRow(session, now, csrfToken))}
</ul>
</section>`,
  });
}

function sessionRow(session: AccountSession, now: number, csrfToken: string): Html {
  const device = describeUserAgent(session.userAgent);
  return html`<li><div><span class="title"><strong>${device}</strong>${session.current && html`<span class="tag">This session</span>`}</span><p class="muted small">${session.address}</p><p class="muted small">${session.current ? 'Active now' : `Last seen ${timeAgo(session.lastSeenAt, now)}`} · signed in ${timeAgo(session.createdAt, now)}</p></div>${
    !session.current &&
    postButton({
      action: `/account/sessions/${session.id}/end`,
      label: html`End<span class="visually-hidden"> the session on ${device}</span>`,
      csrfToken,
      style: 'quiet slim',
    })
  }</li>`;
}

function postButton(button: { action: string; label: string | Html; csrfToken: string; style: string }): Html {
  return html`<form method="post" action="${button.action}">${hiddenFields({ csrf_token: button.csrfToken })}<button type="submit" class="${button.style}">${button.label}</button></form>`;
}

import { describeUserAgent } from '../describe-user-agent.ts';
import { notice, postButton } from './form-parts.ts';
import { type Html, html } from './html.ts';
import { initials } from './initials.ts';
import { accountFrame } from './layout.ts';
import type { Page } from './page-headers.ts';
import type { View } from './view.ts';

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

export function renderAccountPage(view: View, { csrfToken, now, user, sessions, problem }: AccountPage): Page {
  const { account, frame } = view.locale.text;
  const others = sessions.filter((session) => !session.current).length;
  return accountFrame(view, {
    title: account.title,
    status: problem?.status ?? 200,
    signOut: postButton({ action: '/sign-out', label: frame.signOut, csrfToken }),
    content: html`${problem !== undefined && notice(problem.message, 'warn')}
<div class="person"><span class="avatar large" aria-hidden="true">${initials(user.name, user.email)}</span><div><h1>${user.name}</h1><p class="muted">${user.email}</p></div></div>
<section class="panel" aria-labelledby="profile">
<header><h2 id="profile">${account.profile}</h2></header>
<dl class="rows facts">
<div><dt>${account.roles}</dt><dd>${user.roles.length === 0 ? html`<span class="muted">${account.none}</span>` : html`<span class="tags">${user.roles.map((role) => html`<span class="tag">${role}</span>`)}</span>`}</dd></div>
<div><dt>${account.userId}</dt><dd><code>${user.id}</code></dd></div>
</dl>
</section>
<section class="panel" aria-labelledby="sessions">
<header><div><h2 id="sessions">${account.sessions}</h2><p>${account.sessionsNote}</p></div>${others > 0 && postButton({ action: '/account/sessions/end-others', label: account.endOthers, csrfToken })}</header>
<ul class="rows">
${sessions.map((session) => sessionRow(view, session, now, csrfToken))}
</ul>
</section>`,
  });
}

function sessionRow({ locale }: View, session: AccountSession, now: number, csrfToken: string): Html {
  const { account } = locale.text;
  const device = describeUserAgent(session.userAgent);
  const seen = session.current ? account.activeNow : account.lastSeen(locale.timeAgo(session.lastSeenAt, now));
  return html`<li><div><span class="title"><strong>${device}</strong>${session.current && html`<span class="tag">${account.thisSession}</span>`}</span><p class="muted small">${session.address}</p><p class="muted small">${seen} · ${account.signedIn(locale.timeAgo(session.createdAt, now))}</p></div>${
    !session.current &&
    postButton({
      action: `/account/sessions/${session.id}/end`,
      label: html`${account.end}<span class="visually-hidden">${account.endOn(device)}</span>`,
      csrfToken,
    })
  }</li>`;
}

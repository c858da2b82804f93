import { describeUserAgent } from '../../describe-user-agent.ts';
import type { RememberedDevice } from '../../devices/remembered-devices.ts';
import { type Place, placeText } from '../../place.ts';
import { postButton } from '../form-parts.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../page-headers.ts';
import type { View } from '../view.ts';
import { type AccountFacts, accountPage, panel } from './account-frame.ts';

export interface AccountSession {
  id: string;
  current: boolean;
  createdAt: number;
  lastSeenAt: number;
  userAgent: string;
  address: string;
  place?: Place;
  /** Somebody acts in it for its person. */
  actor?: object;
}

/** Where somebody is signed in, and how to end it. */
export function renderSessionsPage(
  view: View,
  facts: AccountFacts,
  { sessions, devices }: { sessions: readonly AccountSession[]; devices: readonly RememberedDevice[] },
): Page {
  const { account } = view.locale.text;
  const others = sessions.filter((session) => !session.current);
  const { csrfToken } = facts;
  return accountPage(view, facts, {
    section: 'sessions',
    title: account.menu.sessions,
    intro: account.sessionsNote,
    content: html`${panel({
      id: 'sessions',
      title: account.sessions,
      action:
        others.length > 0
          ? postButton({ action: '/account/sessions/end-others', label: account.endOthers, csrfToken })
          : undefined,
      body: html`<ul class="rows">
${[...sessions.filter((session) => session.current), ...others].map((session) => sessionRow(view, session, facts))}
</ul>`,
    })}${devices.length > 0 && devicesPanel(view, facts, devices)}`,
  });
}

/** Whoever has one of them needs no more than the password. */
function devicesPanel({ locale }: View, { csrfToken, now }: AccountFacts, devices: readonly RememberedDevice[]): Html {
  const { account } = locale.text;
  return panel({
    id: 'devices',
    title: account.devices,
    note: account.devicesNote,
    action: postButton({ action: '/account/sessions/forget-devices', label: account.forgetDevices, csrfToken }),
    body: html`<ul class="rows">
${devices.map(
  ({ userAgent, lastSeenAt, rememberedUntil }) =>
    html`<li><div class="with-icon">${deviceIcon(userAgent)}<div><strong>${describeUserAgent(userAgent, locale.tag)}</strong><p class="muted small">${account.lastSeen(locale.timeAgo(lastSeenAt, now))} · ${account.rememberedUntil(locale.day(rememberedUntil))}</p></div></div></li>`,
)}
</ul>`,
  });
}

function sessionRow({ locale }: View, session: AccountSession, { now, csrfToken }: AccountFacts): Html {
  const { account, impersonation } = locale.text;
  const device = session.actor === undefined ? describeUserAgent(session.userAgent, locale.tag) : impersonation.acting;
  const { place, address } = session;
  const where = place === undefined ? address : `${placeText(place, locale.tag)} · ${address}`;
  const seen = session.current ? account.activeNow : account.lastSeen(locale.timeAgo(session.lastSeenAt, now));
  return html`<li><div class="with-icon">${deviceIcon(session.userAgent)}<div><span class="title"><strong>${device}</strong>${session.current && html`<span class="tag">${account.thisSession}</span>`}</span><p class="muted small">${where}</p><p class="muted small">${seen} · ${account.signedIn(locale.timeAgo(session.createdAt, now))}</p></div></div>${
    !session.current &&
    postButton({
      action: `/account/sessions/${session.id}/end`,
      label: html`${account.end}<span class="visually-hidden">${account.endOn(device)}</span>`,
      csrfToken,
    })
  }</li>`;
}

/** A telephone or a screen: enough to recognise a device at a glance. */
function deviceIcon(userAgent: string): Html {
  const outline = /Mobile|Android|iPhone|iPad/.test(userAgent)
    ? html`<rect x="6.5" y="2.5" width="11" height="19" rx="2.5"/><path d="M11 18.5h2"/>`
    : html`<rect x="3" y="4" width="18" height="12" rx="2"/><path d="M9 20h6M12 16v4"/>`;
  return html`<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">${outline}</svg>`;
}

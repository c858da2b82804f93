import type { AccountFacts } from './account/account-frame.ts';
import { renderApplicationsPage } from './account/applications-page.ts';
import { renderAccountDeletedPage, renderDataPage, renderDeleteAccountPage } from './account/data-page.ts';
import { renderEmailChangePage } from './account/email-page.ts';
import { renderFactorsPage } from './account/factors-page.ts';
import { renderIssuedKeyPage, renderKeysPage } from './account/keys-page.ts';
import { renderOrganizationsPage } from './account/organizations-page.ts';
import { renderProfilePage } from './account/profile-page.ts';
import { renderSecurityPage } from './account/security-page.ts';
import { renderSessionsPage } from './account/sessions-page.ts';
import { renderTotpPage } from './account/totp-page.ts';
import type { Page } from './page-headers.ts';
import type { View } from './view.ts';

const NOW = 1_790_000_000_000;
const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1';

/** The pages of somebody who is signed in; see `everyPage`. */
export function everyAccountPage(say: (sample: string) => string, view: View): readonly (readonly [string, Page])[] {
  const csrfToken = say('token');
  const email = say('ada.lovelace@example.com');
  const wrong = say('Enter a name.');
  const facts: AccountFacts = {
    csrfToken,
    now: NOW,
    user: {
      id: say('usr_01h455vb4pex5vsknk084sn02q'),
      name: say('Ada Lovelace'),
      email,
      roles: [say('billing-viewer')],
    },
  };
  const told: AccountFacts = {
    ...facts,
    told: { message: say(view.locale.text.account.told.session_ended), tone: 'success', status: 200 },
  };
  const changed: AccountFacts = {
    ...facts,
    told: {
      message: say(view.locale.text.account.told.factor_removed),
      tone: 'success',
      status: 200,
      code: 'factor_removed',
    },
  };
  const session = {
    id: say('ses_1'),
    current: false,
    createdAt: NOW - 9e8,
    lastSeenAt: NOW - 7.3e6,
    userAgent: say(IPHONE),
    address: say('2001:db8:85a3::8a2e:370:7334'),
    place: { country: 'DE', region: say('Bavaria') },
  };
  return [
    [
      'profile',
      renderProfilePage(view, facts, {
        emailVerified: true,
        managedBy: say('Acme Corporation'),
        attributes: [
          { name: 'department', label: say('Department'), kind: 'text', value: say('Research') },
          { name: 'shirt', label: say('Shirt size'), kind: 'choice', choices: [say('M'), say('L')], value: say('M') },
          { name: 'interests', label: say('Interests'), kind: 'list', value: say('weather, tea') },
          { name: 'newsletter', label: say('Newsletter'), kind: 'boolean', value: say('true') },
        ],
        refused: { name: say(''), errors: { name: wrong } },
      }),
    ],
    [
      'sessions',
      renderSessionsPage(view, told, {
        sessions: [session, { ...session, userAgent: say(CHROME), address: say('203.0.113.7'), current: true }],
        devices: [{ userAgent: say(IPHONE), lastSeenAt: NOW - 9e6, rememberedUntil: NOW + 9e8 }],
      }),
    ],
    ['email-change', renderEmailChangePage(view, facts, { email, errors: { email: wrong } })],
    ['email-change-code', renderEmailChangePage(view, facts, { challengeId: say('chl_1') })],
    ['security', renderSecurityPage(view, facts, { hasPassword: true })],
    [
      'security-refused',
      renderSecurityPage(view, facts, {
        hasPassword: true,
        errors: { current_password: wrong, password: wrong, password_again: wrong },
      }),
    ],
    [
      'factors',
      renderFactorsPage(view, changed, {
        hasOtherSessions: true,
        totpSince: NOW - 9e8,
        recoveryCodes: 7,
        passkeys: [
          {
            id: 'psk_01h455vb4pex5vsknk084sn02q',
            name: say('My telephone'),
            authenticator: say('Google Password Manager'),
            synced: true,
            createdAt: NOW - 9e9,
            lastUsedAt: NOW - 9e6,
          },
        ],
        allowed: { totp: true, passkey: true, recoveryCode: true },
      }),
    ],
    [
      'factors-none',
      renderFactorsPage(view, facts, {
        hasOtherSessions: false,
        totpSince: undefined,
        recoveryCodes: 0,
        passkeys: [],
        allowed: { totp: true, passkey: true, recoveryCode: true },
      }),
    ],
    [
      'totp',
      renderTotpPage(view, facts, {
        csrfToken,
        action: '/account/factors/totp',
        uri: say('otpauth://totp/Gatehouse:ada@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Gatehouse'),
        secret: say('JBSWY3DPEHPK3PXP'),
      }),
    ],
    [
      'applications',
      renderApplicationsPage(view, facts, [
        {
          id: say('cli_1'),
          displayName: say('Weather Dashboard'),
          scopes: [say('openid'), say('weather:read'), say('weather:write')],
          since: NOW - 9e9,
        },
        { id: say('cli_2'), displayName: say('Payroll'), scopes: [say('openid')], since: NOW - 9e7 },
      ]),
    ],
    [
      'organizations',
      renderOrganizationsPage(view, facts, [
        {
          id: say('org_1'),
          displayName: say('Acme Corporation'),
          roles: [say('member'), say('billing-viewer')],
          active: true,
          manages: false,
        },
        { id: say('org_2'), displayName: say('Wetterdienst Zürich'), roles: [], active: false, manages: false },
      ]),
    ],
    ['organizations-none', renderOrganizationsPage(view, facts, [])],
    ['data', renderDataPage(view, facts)],
    ['delete', renderDeleteAccountPage(view, facts, { typed: say('ada') })],
    ['deleted', renderAccountDeletedPage(view)],
    ['applications-none', renderApplicationsPage(view, facts, [])],
    [
      'keys',
      renderKeysPage(view, facts, [
        {
          id: say('key_1'),
          name: say('Nightly report'),
          display: say('gh_live_8Jx…Q2vA'),
          scopes: [say('weather:read'), say('reports:write')],
          roles: [say('billing-viewer')],
          createdAt: NOW - 9e8,
          expiresAt: NOW + 9e9,
          lastUse: { at: NOW - 9e6, address: say('203.0.113.7') },
          replaced: false,
          setAside: false,
        },
        {
          id: say('key_2'),
          name: say('Laptop'),
          display: say('gh_live_aa1…x0Zz'),
          scopes: [],
          roles: [],
          createdAt: NOW - 60_000,
          replaced: false,
          setAside: true,
        },
        {
          id: say('key_3'),
          name: say('Old report'),
          display: say('gh_live_cc3…y9Xx'),
          scopes: [say('weather:read')],
          roles: [],
          createdAt: NOW - 9e9,
          expiresAt: NOW + 9e7,
          replaced: true,
          setAside: false,
        },
      ]),
    ],
    [
      'keys-refused',
      renderKeysPage(view, facts, [], {
        name: say(''),
        scopes: say('a b'),
        roles: [],
        days: '30',
        errors: { name: wrong, scopes: wrong },
      }),
    ],
    [
      'key-replaced',
      renderIssuedKeyPage(view, {
        name: say('Nightly report'),
        key: say('gh_live_8JxW5t0bqN3rL7vK1mZ4yC6pD9sF2gH8_Q2vA'),
        oldEndsAt: NOW + 9e7,
      }),
    ],
    [
      'key-issued',
      renderIssuedKeyPage(view, {
        name: say('Nightly report'),
        key: say('gh_live_8JxW5t0bqN3rL7vK1mZ4yC6pD9sF2gH8_Q2vA'),
      }),
    ],
  ];
}

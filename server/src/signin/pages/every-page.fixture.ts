import {
  renderEmailDonePage,
  renderNewPasswordPage,
  renderPasswordSetPage,
  renderRecoveryPage,
  renderRecoverySentPage,
} from '../recovery/recovery-pages.ts';
import {
  renderAcceptPage,
  renderInvitationSignInPage,
  renderJoinedPage,
  renderJoinPage,
} from '../registration/invitation-pages.ts';
import {
  renderNewAccountPage,
  renderRegisteredPage,
  renderRegistrationCodePage,
  renderRegistrationPage,
} from '../registration/registration-pages.ts';
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
import { renderApprovalsPage } from './approvals-page.ts';
import { renderConfirmPasswordPage } from './confirm-password-page.ts';
import { renderConsentPage } from './consent-page.ts';
import { renderDeviceAnsweredPage, renderDeviceCodePage, renderDevicePage } from './device-pages.ts';
import { renderEmailCodePage, renderEmailFactorPage } from './email-factor-pages.ts';
import { renderEnrolPage } from './enrol-page.ts';
import { renderFormPostPage } from './form-post-page.ts';
import { renderContinuePage, renderErrorPage, renderSignedOutPage } from './message-pages.ts';
import type { Page } from './page-headers.ts';
import { renderConfirmPage } from './page-parts.ts';
import { renderRecoveryCodesPage } from './recovery-codes-page.ts';
import { renderSecondFactorPage } from './second-factor-page.ts';
import { renderSetupPage } from './setup-page.ts';
import { renderSignInPage } from './sign-in-page.ts';
import { PLAIN_VIEW, type View } from './view.ts';

const NOW = 1_790_000_000_000;
const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1';

/**
 * Every page there is, in every state that looks different. `say` turns a sample into what is shown in each place that
 * something from outside can reach: the sample itself to look at pages, something hostile to test them.
 */
export function everyPage(
  say: (sample: string) => string = (sample) => sample,
  given: View = PLAIN_VIEW,
): readonly (readonly [string, Page])[] {
  const view = {
    ...given,
    brand: { ...given.brand, productName: say(given.brand.productName) },
    path: say('/account'),
  };
  const { errors } = view.locale;
  const problem = {
    message: say(errors.sign_in_failed ?? 'That e-mail address and password don’t match. Check both and try again.'),
  };
  const csrfToken = say('token');
  const issuerHost = say('id.example.com');
  const email = say('ada.lovelace@example.com');
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
  const session = {
    id: say('ses_1'),
    current: false,
    createdAt: NOW - 9e8,
    lastSeenAt: NOW - 7.3e6,
    userAgent: say(IPHONE),
    address: say('2001:db8:85a3::8a2e:370:7334'),
  };
  const asked = {
    interaction: say('interaction'),
    client: { id: say('weather-dashboard'), displayName: say('Weather Dashboard') },
    person: { name: say('Ada Lovelace'), email },
    scopes: [
      { scope: say('openid'), description: say('Confirm who you are') },
      { scope: say('weather:read'), description: say('') },
      { scope: say('offline_access'), description: say('Stay signed in when you are away') },
    ],
    api: { name: say('weather'), audience: say('https://weather.example.com') },
  };
  const wrong = say('Enter a name.');
  const invitation = {
    email,
    roles: [say('billing-viewer')],
    organizationName: say('Acme Corporation'),
    inviterName: say('Grace Hopper'),
  };
  return [
    ['sign-in', renderSignInPage(view, { csrfToken, returnTo: say('/account'), issuerHost, register: true })],
    [
      'sign-in-refused',
      renderSignInPage(view, {
        csrfToken,
        returnTo: say('/account'),
        issuerHost,
        email,
        problem: { kind: 'failed', ...problem },
      }),
    ],
    [
      'second-factor',
      renderSecondFactorPage(view, {
        csrfToken,
        issuerHost,
        email,
        totp: true,
        recoveryCode: true,
        passkey: true,
        rememberDays: 30,
      }),
    ],
    [
      'second-factor-refused',
      renderSecondFactorPage(view, {
        csrfToken,
        issuerHost,
        email,
        totp: true,
        recoveryCode: false,
        passkey: false,
        rememberDays: 0,
        problem: { status: 422, ...problem },
      }),
    ],
    ['email-factor', renderEmailFactorPage(view, { csrfToken, issuerHost, email, sent: false })],
    ['email-factor-sent', renderEmailFactorPage(view, { csrfToken, issuerHost, email, sent: true })],
    ['email-factor-code', renderEmailCodePage(view, { code: say('123456') })],
    ['recover', renderRecoveryPage(view, { csrfToken, issuerHost })],
    ['recover-sent', renderRecoverySentPage(view)],
    ['recover-password', renderNewPasswordPage(view, { csrfToken, issuerHost, email })],
    ['recover-done', renderPasswordSetPage(view)],
    ['email-confirmed', renderEmailDonePage(view, 'confirmed')],
    ['email-undone', renderEmailDonePage(view, 'undone')],
    ['register', renderRegistrationPage(view, { csrfToken, issuerHost, email })],
    ['register-code', renderRegistrationCodePage(view, { csrfToken, issuerHost, email, challengeId: say('chl_1') })],
    [
      'register-account',
      renderNewAccountPage(view, {
        csrfToken,
        issuerHost,
        email,
        name: say(''),
        errors: { name: wrong, password: wrong },
      }),
    ],
    ['register-done', renderRegisteredPage(view)],
    [
      'invitation-join',
      renderJoinPage(view, { csrfToken, issuerHost, invitation, name: say(''), errors: { name: wrong } }),
    ],
    ['invitation-accept', renderAcceptPage(view, { csrfToken, issuerHost, invitation })],
    ['invitation-sign-in', renderInvitationSignInPage(view, { invitation, signedInAs: say('eve@example.com') })],
    ['invitation-done', renderJoinedPage(view, invitation)],
    ['confirm-password', renderConfirmPasswordPage(view, { csrfToken, issuerHost, email })],
    [
      'enrol',
      renderEnrolPage(view, {
        totp: true,
        passkey: true,
        csrfToken,
        issuerHost,
        action: '/sign-in/flow/totp',
        uri: say('otpauth://totp/Gatehouse:ada@example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Gatehouse'),
        secret: say('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'),
      }),
    ],
    [
      'recovery-codes',
      renderRecoveryCodesPage(view, {
        codes: Array.from({ length: 10 }, (_, index) => say(`7H4K-9QX2-M${index}TB`)),
        next: '/account',
      }),
    ],
    [
      'set-up',
      renderSetupPage(view, {
        csrfToken,
        issuerHost,
        name: say(''),
        email,
        errors: { name: wrong, email: wrong, password: wrong, password_again: wrong },
        problem,
      }),
    ],
    ['consent', renderConsentPage(view, { ...asked, redirectUri: 'https://app.example.com/callback' })],
    [
      'approvals',
      renderApprovalsPage(
        view,
        [
          {
            ...asked,
            request: 'f'.repeat(64),
            interaction: csrfToken,
            bindingMessage: say('Table 7'),
            requestedAt: NOW - 90_000,
          },
        ],
        NOW,
      ),
    ],
    ['device-code', renderDeviceCodePage(view, { typed: say('BCDF-GH'), status: 422 })],
    [
      'device',
      renderDevicePage(
        view,
        { ...asked, userCode: say('BCDF-GHJK'), address: say('198.51.100.7'), requestedAt: NOW - 90_000 },
        NOW,
      ),
    ],
    ['device-answered', renderDeviceAnsweredPage(view, { allowed: true, client: asked.client })],
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
      renderSessionsPage(view, told, [
        session,
        { ...session, userAgent: say(CHROME), address: say('203.0.113.7'), current: true },
      ]),
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
      renderFactorsPage(view, facts, {
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
        },
        {
          id: say('key_2'),
          name: say('Laptop'),
          display: say('gh_live_aa1…x0Zz'),
          scopes: [],
          roles: [],
          createdAt: NOW - 60_000,
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
      'key-issued',
      renderIssuedKeyPage(view, {
        name: say('Nightly report'),
        key: say('gh_live_8JxW5t0bqN3rL7vK1mZ4yC6pD9sF2gH8_Q2vA'),
      }),
    ],
    [
      'confirm',
      renderConfirmPage(view, {
        csrfToken,
        title: view.locale.text.account.revokeKeyTitle(say('Nightly report')),
        message: view.locale.text.account.revokeKeyNote,
        action: '/account/keys/key_1/end',
        confirm: view.locale.text.account.revokeKey,
        cancelPath: '/account/keys',
        danger: true,
      }),
    ],
    [
      'error',
      renderErrorPage(view, {
        status: 404,
        title: say(view.locale.text.failures.titles.setup_link_refused ?? ''),
        message: say(
          errors.setup_link_refused ??
            'This set-up link is not valid: it was used, replaced by a newer one, or is older than 24 hours.',
        ),
        code: say('setup_link_refused'),
        reference: say('err_01h455vb4pex5vsknk084sn02q'),
        next: { label: say(view.locale.text.failures.goToSignIn), path: say('/sign-in') },
      }),
    ],
    [
      'form-post',
      renderFormPostPage(view, {
        action: 'https://app.example.com/callback',
        fields: { code: say('code'), state: say('state') },
      }),
    ],
    ['continue', renderContinuePage(view, '/account')],
    ['signed-out', renderSignedOutPage(view)],
  ];
}

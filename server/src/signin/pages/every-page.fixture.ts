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
import { renderApprovalsPage } from './approvals-page.ts';
import { renderConfirmPasswordPage } from './confirm-password-page.ts';
import { renderConsentPage } from './consent-page.ts';
import { renderDeviceAnsweredPage, renderDeviceCodePage, renderDevicePage } from './device-pages.ts';
import { renderEmailCodePage, renderEmailFactorPage } from './email-factor-pages.ts';
import { renderEnrolPage } from './enrol-page.ts';
import { everyAccountPage } from './every-account-page.fixture.ts';
import { renderFormPostPage } from './form-post-page.ts';
import { renderImpersonationPage } from './impersonation-page.ts';
import { renderKeyPickUpPage, renderPickedUpKeyPage } from './key-pick-up-pages.ts';
import { renderContinuePage, renderErrorPage, renderSignedOutPage } from './message-pages.ts';
import type { Page } from './page-headers.ts';
import { renderConfirmPage } from './page-parts.ts';
import { renderRecoveryCodesPage } from './recovery-codes-page.ts';
import { renderSecondFactorPage } from './second-factor-page.ts';
import { renderSetupPage } from './setup-page.ts';
import { renderSignInPage } from './sign-in-page.ts';
import { PLAIN_VIEW, type View } from './view.ts';

const NOW = 1_790_000_000_000;

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
  const asked = {
    interaction: say('interaction'),
    client: { id: say('weather-dashboard'), displayName: say('Weather Dashboard') },
    person: { name: say('Ada Lovelace'), email },
    scopes: [
      { scope: say('openid'), description: say('Confirm who you are'), isRequired: true },
      { scope: say('weather:read'), description: say(''), isRequired: false },
      { scope: say('offline_access'), description: say('Stay signed in when you are away'), isRequired: false },
    ],
    details: [
      {
        type: say('payment'),
        description: say('Pay once'),
        values: [{ name: say('amount'), value: say('12.00') }],
        isRequired: false,
      },
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
    ['recover-everything', renderNewPasswordPage(view, { csrfToken, issuerHost, email, everything: true })],
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
    [
      'key-pick-up',
      renderKeyPickUpPage(view, { csrfToken, name: say('nightly import'), display: say('gh_live_1a2b…9z8y') }),
    ],
    [
      'key-picked-up',
      renderPickedUpKeyPage(view, { name: say('nightly import'), key: say('gh_live_1a2b'), endsAt: 1_767_225_600_000 }),
    ],
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
      'consent-stranger',
      renderConsentPage(view, {
        ...asked,
        client: { ...asked.client, isSelfRegistered: true },
        redirectUri: 'http://localhost:8765/callback',
      }),
    ],
    [
      'approvals',
      renderApprovalsPage(
        view,
        {
          approvals: [
            {
              ...asked,
              request: 'f'.repeat(64),
              interaction: csrfToken,
              bindingMessage: say('Table 7'),
              requestedAt: NOW - 90_000,
            },
          ],
          code: { isSet: true, interaction: csrfToken },
        },
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
    ...everyAccountPage(say, view),
    [
      'impersonation',
      renderImpersonationPage(view, {
        id: say('ips_1'),
        csrfToken,
        user: { id: say('usr_1'), name: say('Ada Lovelace'), email },
        reason: say('An order is missing'),
        minutes: 15,
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

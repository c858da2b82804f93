import { codeField, passwordField, textField } from '../pages/form-parts.ts';
import { html } from '../pages/html.ts';
import type { Page } from '../pages/page-headers.ts';
import type { View } from '../pages/view.ts';
import { donePage, formPage } from '../recovery/form-page.ts';
import type { FormProblem } from '../recovery/recovery-pages.ts';
import { LANDING_PATH, registerUrl, signInUrl } from '../return-to.ts';

interface RegistrationPage {
  csrfToken: string;
  issuerHost: string;
  problem?: FormProblem | undefined;
  /** Where the person goes once there is an account and they signed in. */
  returnTo?: string;
}

export function renderRegistrationPage(view: View, page: RegistrationPage & { email?: string }): Page {
  const words = view.locale.text.registration;
  return formPage(view, {
    title: words.title,
    intro: words.intro,
    action: '/register',
    csrfToken: page.csrfToken,
    hidden: returning(page),
    problem: page.problem,
    fields: textField({
      name: 'email',
      label: words.email,
      type: 'email',
      autocomplete: 'username',
      value: page.email ?? '',
      autofocus: true,
    }),
    submit: words.submit,
    elsewhere: { label: view.locale.text.recovery.backToSignIn, path: signInUrl(page.returnTo ?? LANDING_PATH) },
    foot: view.locale.text.signIn.at(page.issuerHost),
  });
}

export function renderRegistrationCodePage(
  view: View,
  page: RegistrationPage & { email: string; challengeId: string },
): Page {
  const words = view.locale.text.registration;
  return formPage(view, {
    title: words.verifyTitle,
    intro: words.verifyIntro(page.email),
    action: '/register/code',
    csrfToken: page.csrfToken,
    hidden: { challenge: page.challengeId, email: page.email, ...returning(page) },
    problem: page.problem,
    fields: codeField({ name: 'code', label: words.code, digits: 6, autofocus: true }),
    submit: words.verify,
    elsewhere: { label: words.again, path: registerUrl(page.returnTo ?? LANDING_PATH) },
    foot: view.locale.text.signIn.at(page.issuerHost),
  });
}

export function renderNewAccountPage(
  view: View,
  page: RegistrationPage & { email: string; name?: string; errors?: Readonly<Record<string, string>> },
): Page {
  const { errors = {} } = page;
  const words = view.locale.text.registration;
  return formPage(view, {
    title: words.accountTitle,
    intro: words.accountIntro(page.email),
    action: '/register/account',
    csrfToken: page.csrfToken,
    hidden: returning(page),
    problem: page.problem,
    errors,
    accountEmail: page.email,
    fields: html`${textField({
      name: 'name',
      label: words.name,
      type: 'text',
      autocomplete: 'name',
      value: page.name ?? '',
      error: errors.name,
      autofocus: true,
    })}
${passwordField(view, {
  name: 'password',
  label: words.password,
  autocomplete: 'new-password',
  meter: true,
  error: errors.password,
})}
${passwordField(view, {
  name: 'password_again',
  label: words.passwordAgain,
  autocomplete: 'new-password',
  error: errors.password_again,
})}`,
    submit: words.create,
    foot: view.locale.text.signIn.at(page.issuerHost),
  });
}

export function renderRegisteredPage(view: View, returnTo: string = LANDING_PATH): Page {
  const words = view.locale.text.registration;
  return donePage(view, {
    title: words.doneTitle,
    message: words.done,
    next: { label: words.signIn, path: signInUrl(returnTo) },
  });
}

const returning = ({ returnTo }: RegistrationPage) => (returnTo === undefined ? {} : { return_to: returnTo });

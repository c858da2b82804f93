import { passwordField, textField } from '../pages/form-parts.ts';
import { html } from '../pages/html.ts';
import type { Page } from '../pages/page-headers.ts';
import type { View } from '../pages/view.ts';
import { donePage, formPage } from './form-page.ts';

export interface FormProblem {
  message: string;
  status: number;
}

interface RecoveryPage {
  csrfToken: string;
  issuerHost: string;
  email?: string;
  problem?: FormProblem | undefined;
}

export function renderRecoveryPage(view: View, { csrfToken, issuerHost, email, problem }: RecoveryPage): Page {
  const words = view.locale.text.recovery;
  return formPage(view, {
    title: words.title,
    intro: words.intro,
    action: '/recover',
    csrfToken,
    problem,
    fields: textField({
      name: 'email',
      label: words.email,
      type: 'email',
      autocomplete: 'username',
      value: email ?? '',
      autofocus: true,
    }),
    submit: words.submit,
    elsewhere: { label: words.backToSignIn, path: '/sign-in' },
    foot: view.locale.text.signIn.at(issuerHost),
  });
}

export function renderRecoverySentPage(view: View): Page {
  const words = view.locale.text.recovery;
  const next = { label: words.backToSignIn, path: '/sign-in' };
  return donePage(view, { title: words.sentTitle, message: words.sent, next });
}

interface NewPasswordPage extends RecoveryPage {
  email: string;
  /** By an administrator's link, which takes the second factors along. */
  everything?: boolean;
  errors?: Readonly<Record<string, string>>;
}

export function renderNewPasswordPage(view: View, page: NewPasswordPage): Page {
  const { csrfToken, issuerHost, email, errors = {}, problem, everything = false } = page;
  const words = view.locale.text.recovery;
  return formPage(view, {
    title: everything ? words.backTitle : words.newTitle,
    intro: everything ? words.backIntro(email) : words.newIntro(email),
    action: '/recover/password',
    csrfToken,
    problem,
    errors,
    accountEmail: email,
    fields: html`${passwordField(view, {
      name: 'password',
      label: words.password,
      autocomplete: 'new-password',
      meter: true,
      error: errors.password,
      autofocus: true,
    })}
${passwordField(view, {
  name: 'password_again',
  label: words.passwordAgain,
  autocomplete: 'new-password',
  error: errors.password_again,
})}`,
    submit: words.set,
    foot: view.locale.text.signIn.at(issuerHost),
  });
}

export function renderPasswordSetPage(view: View): Page {
  const words = view.locale.text.recovery;
  const next = { label: words.backToSignIn, path: '/sign-in' };
  return donePage(view, { title: words.doneTitle, message: words.done, next });
}

export function renderEmailDonePage(view: View, done: 'confirmed' | 'undone'): Page {
  const words = view.locale.text.recovery;
  return donePage(view, {
    title: words.emailDoneTitle,
    message: done === 'confirmed' ? words.emailConfirmed : words.emailUndone,
    next:
      done === 'confirmed'
        ? { label: words.backToSignIn, path: '/sign-in' }
        : { label: words.newTitle, path: '/recover' },
  });
}

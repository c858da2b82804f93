import { passwordField, textField } from '../pages/form-parts.ts';
import { html } from '../pages/html.ts';
import type { Page } from '../pages/page-headers.ts';
import type { View } from '../pages/view.ts';
import { donePage, formPage } from '../recovery/form-page.ts';
import type { FormProblem } from '../recovery/recovery-pages.ts';
import { signInUrl } from '../return-to.ts';
import type { ShownInvitation } from './join-by-invitation.ts';

export const INVITATION_PATH = '/invitation';

export interface InvitationPage {
  csrfToken: string;
  issuerHost: string;
  invitation: Pick<ShownInvitation, 'email' | 'roles' | 'organizationName' | 'inviterName'>;
  problem?: FormProblem | undefined;
}

/** Who invites, to what, and as what. */
function told(view: View, { organizationName, inviterName, roles }: InvitationPage['invitation']): string {
  const words = view.locale.text.invitation;
  const place = organizationName ?? view.brand.productName;
  const sentences = [
    inviterName === undefined ? words.invited(place) : words.invitedBy(inviterName, place),
    ...(roles.length === 0 ? [] : [words.withRoles(view.locale.list(roles))]),
  ];
  return sentences.join(' ');
}

/** For somebody who has no account yet. The address is the one that was invited. */
export function renderJoinPage(
  view: View,
  page: InvitationPage & { name?: string; errors?: Readonly<Record<string, string>> },
): Page {
  const { errors = {}, invitation } = page;
  const { invitation: words, registration } = view.locale.text;
  return formPage(view, {
    title: words.title,
    intro: `${told(view, invitation)} ${words.newAccount(invitation.email)}`,
    action: INVITATION_PATH,
    csrfToken: page.csrfToken,
    problem: page.problem,
    errors,
    accountEmail: invitation.email,
    fields: html`${textField({
      name: 'name',
      label: registration.name,
      type: 'text',
      autocomplete: 'name',
      value: page.name ?? '',
      error: errors.name,
      autofocus: true,
    })}
${passwordField(view, {
  name: 'password',
  label: registration.password,
  autocomplete: 'new-password',
  meter: true,
  error: errors.password,
})}
${passwordField(view, {
  name: 'password_again',
  label: registration.passwordAgain,
  autocomplete: 'new-password',
  error: errors.password_again,
})}`,
    submit: words.join,
    foot: view.locale.text.signIn.at(page.issuerHost),
  });
}

/** For whoever is signed in with the address that was invited: one press. */
export function renderAcceptPage(view: View, page: InvitationPage): Page {
  const words = view.locale.text.invitation;
  const { invitation } = page;
  return formPage(view, {
    title: words.title,
    intro: `${told(view, invitation)} ${words.signedInAs(invitation.email)}`,
    action: INVITATION_PATH,
    csrfToken: page.csrfToken,
    problem: page.problem,
    fields: html``,
    submit: words.accept,
    foot: view.locale.text.signIn.at(page.issuerHost),
  });
}

/** There is an account with the address, and whoever sits here is not signed in to it. */
export function renderInvitationSignInPage(
  view: View,
  { invitation, signedInAs }: Pick<InvitationPage, 'invitation'> & { signedInAs: string | undefined },
): Page {
  const words = view.locale.text.invitation;
  const note =
    signedInAs === undefined ? words.signInFirst(invitation.email) : words.other(signedInAs, invitation.email);
  return donePage(view, {
    title: words.title,
    message: `${told(view, invitation)} ${note}`,
    next: { label: words.signIn, path: signInUrl(INVITATION_PATH) },
  });
}

export function renderJoinedPage(view: View, { organizationName }: { organizationName?: string | undefined }): Page {
  const words = view.locale.text.invitation;
  return donePage(view, {
    title: words.doneTitle,
    message: words.done(organizationName ?? view.brand.productName),
    next: { label: words.goToAccount, path: organizationName === undefined ? '/account' : '/account/organizations' },
  });
}

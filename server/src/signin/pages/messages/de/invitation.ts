import type { Messages } from '../messages.ts';

export const invitation: Messages['invitation'] = {
  title: 'Sie sind eingeladen',
  invitedBy: (inviter, place) => `${inviter} lädt Sie ein, sich ${place} anzuschließen.`,
  invited: (place) => `Sie sind eingeladen, sich ${place} anzuschließen.`,
  withRoles: (roles) => `Ihre Rollen dort: ${roles}.`,
  newAccount: (email) => `Wählen Sie einen Namen und ein Passwort für Ihr Konto mit ${email}.`,
  join: 'Konto anlegen und beitreten',
  signedInAs: (email) => `Sie sind angemeldet als ${email}.`,
  accept: 'Einladung annehmen',
  signInFirst: (email) => `Zu ${email} gibt es ein Konto. Melden Sie sich damit an, um anzunehmen.`,
  other: (current, email) =>
    `Sie sind angemeldet als ${current}, und die Einladung ist für ${email}. Melden Sie sich mit dieser Adresse an, um anzunehmen.`,
  signIn: 'Anmelden',
  doneTitle: 'Willkommen',
  done: (place) => `Sie gehören jetzt dazu: ${place}.`,
  goToAccount: 'Zu Ihrem Konto',
};

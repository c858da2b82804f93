import type { Messages } from '../messages.ts';

export const recovery: Messages['recovery'] = {
  title: 'Passwort vergessen?',
  intro:
    'Geben Sie Ihre E-Mail-Adresse ein. Wenn es ein Konto dazu gibt, senden wir Ihnen einen Link, mit dem Sie ein neues Passwort wählen.',
  email: 'E-Mail-Adresse',
  submit: 'Link senden',
  sentTitle: 'Sehen Sie in Ihrem Postfach nach',
  sent: 'Wenn es ein Konto mit dieser Adresse gibt, ist ein Link unterwegs. Er gilt einmal und 30 Minuten lang. Sehen Sie auch im Spam-Ordner nach.',
  backToSignIn: 'Zurück zur Anmeldung',
  newTitle: 'Neues Passwort wählen',
  newIntro: (email) => `Für ${email}. Alle, die bei diesem Konto angemeldet sind, werden abgemeldet.`,
  backTitle: 'Zurück in Ihr Konto',
  backIntro: (email) =>
    `Für ${email}. Wählen Sie ein neues Passwort. Alle anderen Wege zur Anmeldung werden entfernt, und alle werden abgemeldet; neue richten Sie bei der Anmeldung ein.`,
  password: 'Neues Passwort',
  passwordAgain: 'Neues Passwort, noch einmal',
  passwordsDiffer: 'Die beiden Passwörter sind nicht gleich.',
  set: 'Passwort setzen',
  doneTitle: 'Ihr neues Passwort gilt',
  done: 'Melden Sie sich jetzt damit an. Wenn Ihr Konto einen zweiten Faktor verlangt, verlangt es ihn weiterhin.',
  confirmEmailTitle: 'Neue Adresse bestätigen',
  confirmEmail: 'Von jetzt an melden Sie sich mit dieser Adresse an.',
  confirmEmailSubmit: 'Bestätigen',
  undoEmailTitle: 'Konto zurückholen',
  undoEmail:
    'Die alte Adresse gilt wieder, das Passwort wird entfernt, und alle werden abgemeldet. Danach wählen Sie per Mail ein neues Passwort.',
  undoEmailSubmit: 'Änderung rückgängig machen',
  emailDoneTitle: 'Erledigt',
  emailConfirmed: 'Ihre Adresse ist geändert. Wir haben es der alten mitgeteilt.',
  emailUndone: 'Die alte Adresse gilt wieder, und alle sind abgemeldet. Wählen Sie jetzt ein neues Passwort.',
};

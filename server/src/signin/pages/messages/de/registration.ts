import type { Messages } from '../messages.ts';

export const registration: Messages['registration'] = {
  title: 'Konto anlegen',
  intro:
    'Geben Sie Ihre E-Mail-Adresse ein. Wir senden Ihnen einen Code, mit dem Sie bestätigen, dass sie Ihnen gehört.',
  email: 'E-Mail-Adresse',
  submit: 'Weiter',
  verifyTitle: 'Adresse bestätigen',
  verifyIntro: (email) =>
    `Wir haben eine Mail an ${email} gesendet. Geben Sie den Code daraus ein, oder öffnen Sie den Link.`,
  code: 'Code aus der Mail',
  verify: 'Bestätigen',
  again: 'Eine andere Adresse verwenden',
  accountTitle: 'Fast geschafft',
  accountIntro: (email) => `${email} ist bestätigt. Wie heißen Sie, und welches Passwort möchten Sie?`,
  name: 'Ihr Name',
  password: 'Passwort',
  passwordAgain: 'Passwort, noch einmal',
  passwordsDiffer: 'Die beiden Passwörter sind nicht gleich.',
  create: 'Konto anlegen',
  doneTitle: 'Ihr Konto ist bereit',
  done: 'Melden Sie sich mit Ihrer E-Mail-Adresse und Ihrem Passwort an.',
  signIn: 'Anmelden',
};

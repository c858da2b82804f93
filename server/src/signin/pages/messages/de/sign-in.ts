import type { Messages } from '../messages.ts';

export const signIn: Messages['signIn'] = {
  title: 'Anmelden',
  welcome: 'Willkommen zurück. Melden Sie sich mit dem Konto an, das Sie von Ihrer Verwaltung erhalten haben.',
  welcomeAnybody: 'Willkommen zurück. Wenn Sie neu hier sind, legen Sie zuerst ein Konto an.',
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  submit: 'Anmelden',
  at: (host) => `Sie melden sich bei ${host} an`,
  signedInTitle: 'Angemeldet',
  signedIn: 'Sie sind angemeldet',
  onward: 'Sie werden dorthin gebracht, wohin Sie wollten.',
  signedOutTitle: 'Abgemeldet',
  signedOut: 'Sie sind abgemeldet',
  signedOutNote:
    'Dieser Browser kann Ihr Konto nicht mehr verwenden. In Anwendungen, bei denen Sie sich angemeldet haben, sind Sie möglicherweise weiterhin angemeldet.',
  again: 'Wieder anmelden',
};

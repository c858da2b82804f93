import type { Messages } from '../messages.ts';

export const consent: Messages['consent'] = {
  title: (client) => `${client} erlauben?`,
  heading: (client) => `Darf ${client} Ihr Konto verwenden?`,
  yourAccount: 'Ihr Konto',
  willBeAble: (client) => `${client} darf dann`,
  willLearn: (client) => `${client} erfährt, wer Sie sind`,
  onlyKnown: 'Erlauben Sie das nur Anwendungen, die Sie kennen.',
  registeredAs: 'Registriert als',
  asksFor: 'Möchte Zugriff auf',
  allow: 'Erlauben',
  deny: 'Nicht erlauben',
  returnTo: (destination) => `Sie kehren danach zurück zu ${destination}`,
  application: (scheme) => `der Anwendung (${scheme})`,
  identityScopes: {
    openid: 'Wissen, wer Sie sind',
    profile: 'Ihren Namen sehen',
    email: 'Ihre E-Mail-Adresse sehen',
    roles: 'Ihre Rollen sehen',
    offline_access: 'Verbunden bleiben, während Sie weg sind',
  },
  requestFailed: 'Diese Anfrage kann nicht ausgeführt werden',
};

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
  requestFailed: 'Diese Anfrage kann nicht ausgeführt werden',
};

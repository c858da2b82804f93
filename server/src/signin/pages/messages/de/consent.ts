import type { Messages } from '../messages.ts';

export const consent: Messages['consent'] = {
  title: (client) => `${client} erlauben?`,
  heading: (client) => `Darf ${client} Ihr Konto verwenden?`,
  yourAccount: 'Ihr Konto',
  willBeAble: (client) => `${client} darf dann`,
  willLearn: (client) => `${client} erfährt, wer Sie sind`,
  untick: 'Nehmen Sie das Häkchen weg, wo Sie etwas nicht erlauben möchten.',
  stranger: (client) =>
    `„${client}“ nennt sich diese Anwendung selbst. Sie hat sich selbst registriert, und niemand hat hier geprüft, wer dahintersteht.`,
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
  problems: {
    invalid_request:
      'Die Anwendung hat eine Anfrage gestellt, die so nicht stimmt. Gehen Sie zu ihr zurück und beginnen Sie dort von vorn; bleibt es dabei, muss sie berichtigt werden.',
    invalid_client: 'Die Anwendung ist hier nicht bekannt oder konnte sich nicht ausweisen. Wenden Sie sich an sie.',
    unauthorized_client: 'Die Anwendung darf das hier nicht. Wenden Sie sich an sie.',
    access_denied: 'Das wurde nicht erlaubt. Es ist nichts geschehen.',
    invalid_scope: 'Die Anwendung möchte etwas, das es hier nicht gibt oder das sie nicht verlangen darf.',
    invalid_target: 'Die Anwendung möchte auf etwas zugreifen, das es hier nicht gibt.',
    unsupported_response_type: 'Die Anwendung verlangt eine Antwort, die es hier nicht gibt. Wenden Sie sich an sie.',
    expired_token: 'Das hat zu lange gedauert. Beginnen Sie in der Anwendung von vorn.',
    server_error: 'Hier ging etwas schief. Versuchen Sie es gleich noch einmal.',
    temporarily_unavailable: 'Das geht gerade nicht. Versuchen Sie es gleich noch einmal.',
  },
};

/** What an application may do in a person's name. */
export const consent = {
  title: (client: string) => `Allow ${client}?`,
  heading: (client: string) => `Allow ${client} to use your account?`,
  yourAccount: 'Your account',
  willBeAble: (client: string) => `${client} will be able to`,
  willLearn: (client: string) => `${client} will learn who you are`,
  untick: 'Take away the tick where you don’t want to allow something.',
  stranger: (client: string) =>
    `“${client}” is what this application calls itself. It registered itself, and nobody here has checked who is behind it.`,
  onlyKnown: 'Only allow applications you know.',
  registeredAs: 'Registered as',
  asksFor: 'Asks for access to',
  allow: 'Allow',
  deny: 'Don’t allow',
  returnTo: (destination: string) => `You will return to ${destination}`,
  application: (scheme: string) => `the application (${scheme})`,
  /** What OpenID Connect's own scopes allow; those of an API are described by its operator. */
  identityScopes: {
    openid: 'Know who you are',
    profile: 'See your name',
    email: 'See your e-mail address',
    roles: 'See your roles',
    offline_access: 'Stay connected while you are away',
  },
  requestFailed: 'This request can’t be completed',
  /** By the error's name on the wire. None in English: there the error's own description says more. */
  problems: {} as Readonly<Record<string, string>>,
};

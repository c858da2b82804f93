/** The grants of clients, as people would say them. That none is forgotten is held by server/src/grant-words.test.ts. */
const en: Readonly<Record<string, string>> = {
  authorization_code: 'Sign-in',
  refresh_token: 'Refresh tokens',
  client_credentials: 'In its own name',
  device_code: 'Code shown on a device',
  token_exchange: 'Exchange of tokens',
  jwt_bearer: 'Assertion of another issuer',
  ciba: 'Answer on another device (CIBA)',
};

const de: Readonly<Record<string, string>> = {
  authorization_code: 'Anmeldung',
  refresh_token: 'Refresh-Tokens',
  client_credentials: 'In eigenem Namen',
  device_code: 'Code auf einem Gerät',
  token_exchange: 'Tausch von Tokens',
  jwt_bearer: 'Nachweis eines anderen Ausstellers',
  ciba: 'Antwort auf einem anderen Gerät (CIBA)',
};

export const grantWords = { en, de };

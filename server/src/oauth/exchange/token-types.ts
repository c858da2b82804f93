/** RFC 8693 §3, the ID-JAG draft §8.1, and one of our own for API keys. */
export const TOKEN_TYPES = {
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
  idToken: 'urn:ietf:params:oauth:token-type:id_token',
  idJag: 'urn:ietf:params:oauth:token-type:id-jag',
  apiKey: 'urn:gatehouse:params:oauth:token-type:api-key',
} as const;

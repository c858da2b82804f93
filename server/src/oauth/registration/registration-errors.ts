const bad = <Wire extends string>(wire: Wire, message: string) =>
  ({ wire, category: 'invalid_input', message }) as const;

/** Of dynamic registration (RFC 7591 §3.2.2) and client metadata documents. */
export const registrationDefinitions = {
  client_registration_closed: {
    wire: 'access_denied',
    category: 'forbidden',
    message: 'Nobody may register clients here without an initial access token. Ask the operator for one.',
  },
  registration_token_invalid: {
    wire: 'invalid_token',
    category: 'unauthenticated',
    message: 'The token is unknown, used up, expired, or was replaced by a newer one. Use the newest one.',
  },
  client_metadata_invalid: bad(
    'invalid_client_metadata',
    'The client metadata is not acceptable. Correct the field named here.',
  ),
  redirect_uri_invalid: bad(
    'invalid_redirect_uri',
    'A redirect URI is not acceptable. Use https, or a loopback address for native apps.',
  ),
  metadata_document_refused: bad(
    'invalid_request',
    'The client_id is an address, and no acceptable client metadata document was found there. Serve it there as JSON, of 5 KB at most, with this very address as client_id and without redirects.',
  ),
  initial_access_token_not_found: {
    wire: 'invalid_request',
    category: 'not_found',
    message: 'There is no initial access token with this id. List them to see which there are.',
  },
  client_registration_policy_not_found: {
    wire: 'invalid_request',
    category: 'not_found',
    message: 'There is no registration policy of this name. Apply a client_registration_policy first.',
  },
} as const;

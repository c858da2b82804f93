const bad = <Wire extends string>(wire: Wire, message: string) =>
  ({ wire, category: 'invalid_input', message }) as const;

/** Of token exchange. RFC 8693 §2.2.2: a token that is not acceptable, for whatever reason, is an invalid_request. */
export const exchangeDefinitions = {
  token_type_unknown: bad(
    'invalid_request',
    'The token type is not one that can be exchanged here. Use urn:ietf:params:oauth:token-type:access_token.',
  ),
  subject_token_invalid: bad(
    'invalid_request',
    'The subject_token is not good here: it is malformed, expired, revoked, or was issued to somebody else.',
  ),
  exchange_key_placed: bad(
    'invalid_request',
    'The API key is bound to addresses, APIs or routes, and a token would carry nothing of them. Use the key itself there, or exchange one that is bound to none.',
  ),
  actor_token_invalid: bad(
    'invalid_request',
    'The actor_token is not good here: it is malformed, expired, revoked, or was issued to somebody else.',
  ),
  exchange_token_bound: bad(
    'invalid_request',
    'The subject_token or actor_token is bound to a key. Prove the same key in this request: a DPoP proof by it, or its certificate with senderConstraint: mtls.',
  ),
  actor_incomplete: bad(
    'invalid_request',
    'actor_token and actor_token_type belong together. Send both, or neither (RFC 8693 section 2.1).',
  ),
  delegation_too_deep: bad(
    'invalid_request',
    'The token has been handed on too often. Start again from a token of the person.',
  ),
  exchange_scope_wider: bad(
    'invalid_scope',
    'The scope is wider than that of the subject_token. An exchange can only narrow.',
  ),
  exchange_denied: bad(
    'invalid_request',
    'No policy permits this exchange. Permit the action token-exchange on this Api to this Client.',
  ),
  assertion_audience_unknown: bad(
    'invalid_target',
    'The audience is no authorization server that this client may get assertions for. Declare it as authorization-server.',
  ),
};

/** Where we answer otherwise than oidc-provider, and why. `ours` and `theirs` are how the outcomes begin. */
export interface Difference {
  /** Names of the cases. */
  cases: RegExp;
  ours: string;
  theirs: string;
  reason: string;
}

const NO_HINT =
  'What a token is, is seen from the token; a JWT of ours can be introspected and revoked like any other (issue: JWTs included).';

export const DIFFERENCES: readonly Difference[] = [
  // The authorization endpoint.
  {
    cases: /with (prompt consent|profile and offline access)$/,
    ours: '200',
    theirs: 'sign_in',
    reason: 'Both ask for consent: ours is a page in the answer, theirs a redirect to one.',
  },
  {
    cases: /^authorize \(\w+, (signed in|by POST)\) (for an unknown API|with an unknown scope)$/,
    ours: 'client invalid_',
    theirs: 'client  code',
    reason:
      'A resource or a scope that the client may never have is an error: dropped in silence, it is a puzzle later (RFC 8707 §2 says invalid_target).',
  },
  {
    cases: /^authorize \(page, signed out\) (for an unknown API|with an unknown scope)$/,
    ours: 'client invalid_',
    theirs: 'sign_in',
    reason: 'The same, told before anybody is asked to sign in for nothing.',
  },
  {
    cases: /^authorize .* with an unknown scope alone$/,
    ours: 'client invalid_scope',
    theirs: 'client invalid_request',
    reason: 'RFC 6749 §4.1.2.1 has a word for it; they stumble over the nonce first.',
  },
  {
    cases: /^authorize .* (without scope|with an empty scope)$/,
    ours: 'client  code',
    theirs: 'client invalid_request',
    reason:
      'No scope is all that the client may have (RFC 6749 §3.3 lets the server choose); they refuse a nonce without openid.',
  },
  {
    cases: /^authorize \(page, signed out\) (without scope|with an empty scope)$/,
    ours: 'sign_in',
    theirs: 'client invalid_request',
    reason: 'The same, signed out.',
  },
  {
    cases: /^authorize .* (of an unknown client)$/,
    ours: '400 invalid_request',
    theirs: '400 invalid_client',
    reason:
      'invalid_client is for client authentication (RFC 6749 §5.2), and nobody authenticates here. A page says it either way.',
  },
  {
    cases: /^authorize .* (of a client for machines|to .*)$/,
    ours: '400 invalid_request',
    theirs: '400 invalid_redirect_uri',
    reason:
      'invalid_redirect_uri is an error of registration (RFC 7591 §3.2.2). A page says it either way; nobody is redirected.',
  },
  {
    cases: /^authorize .* without redirect_uri$/,
    ours: '400 invalid_request',
    theirs: '',
    reason: 'OpenID Connect Core §3.1.2.1 requires it; they take the only one that is registered.',
  },
  {
    cases: /^authorize .* (to two addresses|for two response types|with two (challenges|scopes|states))$/,
    ours: '400 invalid_request',
    theirs: 'client invalid_request',
    reason:
      'A parameter sent twice (RFC 6749 §3.1) could be read otherwise by whoever looked before us, so nobody is redirected by such a request.',
  },
  {
    cases:
      /^authorize .* for a token \(implicit\)|^authorize .* for an id token|^authorize .* \(hybrid\)|^authorize .* something unknown$/,
    ours: 'client unsupported_response_type',
    theirs: '',
    reason:
      'They answer response types that could put tokens in the address in the fragment; we have none of them (RFC 9700 §2.1.2).',
  },
  {
    cases: /^authorize .* for nothing \(none\)$/,
    ours: 'client unsupported_response_type',
    theirs: 'client invalid_request',
    reason: 'They know response_type=none and refuse PKCE with it; here it is none of ours.',
  },
  {
    cases: /^authorize .* with max_age 0$/,
    ours: 'client  code',
    theirs: 'sign_in',
    reason: 'Alice has signed in within this second here; they ask again whenever max_age is 0.',
  },
  {
    cases: /^authorize .* with prompt select_account$/,
    ours: 'sign_in',
    theirs: 'client invalid_request',
    reason: 'Ours shows who is signed in and lets them change; they have it only where the operator adds it.',
  },
  {
    cases: /^authorize .* with an unknown response_mode$/,
    ours: 'client invalid_request',
    theirs: 'client unsupported_response_mode',
    reason: 'Their code stands in no specification.',
  },
  {
    cases: /^authorize .* with (an id_token_hint of nobody|registration)$/,
    ours: '',
    theirs: 'client ',
    reason: 'Parameters that are not understood are ignored (RFC 6749 §3.1), and a hint that says nothing is no hint.',
  },
  {
    cases: /^authorize .* with (a request object|request and request_uri)$/,
    ours: '400 invalid_request_object',
    theirs: 'client invalid_request',
    reason: 'A request object that does not verify says that somebody changed the request: nobody is redirected by it.',
  },
  {
    cases: /^authorize .* with a request_uri$/,
    ours: '400 invalid_request_uri',
    theirs: 'client request_uri_not_supported',
    reason:
      'request_uri is for pushed requests (RFC 9126), and this one was not pushed: without it there is no request, and so no redirect_uri.',
  },
  // The token endpoint.
  {
    cases: /^(code|refresh) /,
    ours: '200  access_token,expires_in,id_token',
    theirs: '200  access_token,expires_in,id_token',
    reason:
      'Ours are JWTs (RFC 9068) that also name grant, session and secret, so that one revocation ends many; id tokens always say when and how the person signed in, and carry at_hash. A refreshed id token has no nonce (OpenID Connect Core §12.2).',
  },
  {
    cases: /^code \(\w+\) without verifier$/,
    ours: '400 invalid_request',
    theirs: '400 invalid_grant',
    reason: 'A required parameter is missing (RFC 6749 §5.2); the code is not spent on it.',
  },
  {
    cases: /^(machine|grant \(machine\)|token authenticated)/,
    ours: '200  access_token,expires_in,scope,token_type',
    theirs: '200  access_token,expires_in',
    reason:
      'No scope asked for is all that the client may have there, and the answer always says which (RFC 6749 §3.3); a token always has an audience.',
  },
  {
    cases: /^machine (with an unknown scope|for an unknown API)$/,
    ours: '400 invalid_',
    theirs: '200',
    reason:
      'A scope or a resource that the client may never have is an error (RFC 6749 §5.2, RFC 8707 §2); they drop it.',
  },
  {
    cases: /^grant /,
    ours: '400 unauthorized_client',
    theirs: '400 invalid_request',
    reason: 'RFC 6749 §5.2: not authorized to use this grant type.',
  },
  {
    cases:
      /authenticated by (nothing|an empty secret|Basic without a colon|Basic that is no base64|another scheme|the id alone)$/,
    ours: '401 invalid_client',
    theirs: '400 invalid_request',
    reason: 'RFC 6749 §5.2: no client authentication included, or an unsupported method, is invalid_client with 401.',
  },
  // Introspection and revocation.
  {
    cases: /^introspect \(hint \w+\) an access token/,
    ours: '200  active,aud,client_id,exp,iat,iss,scope,token_type',
    theirs: '',
    reason:
      'JWTs are introspected as well. The client that holds it is told what it was told before; who its person is, only the servers of the API are.',
  },
  {
    cases: /^introspect \(hint \w+\) a refresh token$/,
    ours: '200  active',
    theirs: '200  active',
    reason: 'Ours names its type and the grant.',
  },
  {
    cases: /^introspect .*(an id token|a token of a machine|a JWT of nobody|an access token for an API)$/,
    ours: '200  active',
    theirs: '400 unsupported_token_type',
    reason: `What is no token of the asker's is inactive, and no more is said (RFC 7662 §2.2). ${NO_HINT}`,
  },
  {
    cases: /^revoke .*(an id token|a JWT of nobody|an access token for an API)$/,
    ours: '200',
    theirs: '400 unsupported_token_type',
    reason: `An invalid token is as good as revoked (RFC 7009 §2.2). ${NO_HINT}`,
  },
  {
    cases: /^revoke .*(of another client|a token of a machine)$/,
    ours: '400 invalid_grant',
    theirs: '400 ',
    reason:
      'RFC 7009 §2.1 has no word for the token of another client; invalid_grant is "issued to another client" (RFC 6749 §5.2).',
  },
  // Userinfo.
  {
    cases: /^userinfo by (GET|POST) with an access token for an API$/,
    ours: '200  sub',
    theirs: '401 invalid_token',
    reason: 'With openid, userinfo is a second audience of the token.',
  },
  {
    cases: /^userinfo with (Basic|an empty token|the token in the query)$/,
    ours: '401 invalid_token',
    theirs: '400 invalid_request',
    reason:
      'No bearer token was sent: 401 with the bare challenge (RFC 6750 §3.1). The query is never looked at (RFC 9700 §4.3.2).',
  },
  // The rest.
  {
    cases: /^(GET|PUT|DELETE|PATCH) /,
    ours: '404 Not Found',
    theirs: '404',
    reason: 'Another body; the whole program answers 405 with Allow, the framework alone as here does not.',
  },
  {
    cases: /^GET discovery$/,
    ours: '200  ',
    theirs: '200  ',
    reason: 'Each says what it can do.',
  },
];

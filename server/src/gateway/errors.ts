import { defineErrors } from '#base';

/**
 * What the gateway answers by itself. 401 means "I don't know who you are", 403 "I know, and you may not"; a path that
 * no route has is 404 for everyone, with or without a credential.
 */
export const gatewayErrors = defineErrors({
  request_malformed: {
    category: 'invalid_input',
    message: 'The request is not valid HTTP, or could be read in more than one way. Correct it and send it again.',
  },
  path_refused: {
    category: 'invalid_input',
    message: 'The path could mean different things to different servers. Write it in its plain form.',
  },
  credentials_conflict: {
    category: 'invalid_input',
    message:
      'The request carries more than one credential. Send one only: an X-API-Key header or an Authorization header.',
  },
  credential_missing: {
    category: 'unauthenticated',
    message: 'A credential is required. Send an API key in X-API-Key, or a token as `Authorization: Bearer`.',
  },
  credential_invalid: {
    category: 'unauthenticated',
    message: 'The credential is not valid. Check that it is complete, current and meant for this API.',
  },
  credential_not_accepted: {
    category: 'unauthenticated',
    message: 'This kind of credential is not accepted here. Use one of the kinds that the route accepts.',
  },
  credential_restricted: {
    category: 'forbidden',
    message: 'This API key may not be used here. Ask whoever issued it where it may.',
  },
  environment_refused: {
    category: 'forbidden',
    message: 'The route does not take API keys of this environment. Use a key of the other one.',
  },
  session_needed: {
    category: 'unauthenticated',
    message: 'Sign in first. A page sends its visitor to `login`; a program sends a key or a token.',
  },
  session_forged: {
    category: 'forbidden',
    message: 'The request carries a session, and it is not certain that a page of this origin sent it.',
  },
  session_state_wrong: {
    category: 'invalid_input',
    message: 'This sign-in was not begun in this browser, or another one was begun since. Begin again.',
  },
  session_login_late: {
    category: 'invalid_input',
    message: 'The sign-in took too long. Begin again.',
  },
  session_login_refused: {
    category: 'forbidden',
    message:
      'The sign-in was refused, or its answer had been used before. Begin again, and sign in with an account that may come here.',
  },
  session_unavailable: {
    category: 'unavailable',
    message: 'Your session could not be looked up or renewed just now. Try again in a moment.',
  },
  authentication_insufficient: {
    category: 'unauthenticated',
    message:
      'For this you must sign in again, or more strongly. Ask for a token with the acr_values and max_age named here.',
  },
  request_invalid: {
    category: 'invalid_input',
    message: 'The request is not as the description of the API has it. `errors` says where, and what is expected.',
  },
  operation_not_described: {
    category: 'not_found',
    message: 'The description of the API has no such operation. Check the path and the method.',
  },
  content_type_refused: {
    category: 'invalid_input',
    message: 'The body is not of a content type that the operation takes. `expected` names those it does.',
  },
  content_encoding_refused: {
    category: 'invalid_input',
    message: 'The body is compressed, and has to be read here. Send it without Content-Encoding.',
  },
  request_body_too_large: {
    category: 'invalid_input',
    message: 'The body is longer than this operation takes. `bytes_max` says how long it may be.',
  },
  bodies_unheld: {
    category: 'unavailable',
    message: 'Too many bodies are being read at the moment. Try again in a moment.',
  },
  access_denied: {
    category: 'forbidden',
    message: 'You may not do this. Ask the owner of the API for access, and give the decision id.',
  },
  route_not_found: {
    category: 'not_found',
    message: 'There is no route for this host and path. Check the address.',
  },
  method_not_allowed: {
    category: 'invalid_input',
    message: 'The path exists, but not with this method. `Allow` names the methods it answers.',
  },
  address_refused: {
    category: 'forbidden',
    message: 'This route may not be called from your address. Ask the owner of the API where it may.',
  },
  cors_refused: {
    category: 'forbidden',
    message: 'A page of this origin may not send this request. The operator of the route can allow it in `cors`.',
  },
  http2_needed: {
    category: 'invalid_input',
    message: 'This route is gRPC, which needs HTTP/2. Call it with a gRPC client, over TLS.',
  },
  web_socket_refused: {
    category: 'invalid_input',
    message: 'The handshake of the WebSocket is not as RFC 6455 has it. Send one Sec-WebSocket-Key and version 13.',
  },
  web_socket_origin_refused: {
    category: 'forbidden',
    message:
      'A page of this origin may not open a WebSocket here. The operator of the route can allow its origin in `cors`.',
  },
  request_limit_reached: {
    category: 'rate_limited',
    message: 'Too many requests. Wait for the number of seconds in Retry-After and try again.',
  },
  limits_unavailable: {
    category: 'unavailable',
    message: 'How much was used can not be counted at the moment, and nothing may pass uncounted. Try again later.',
  },
  answer_withheld: {
    category: 'upstream_failed',
    message:
      'The answer of the service may hold what you may not see, and could not be read. Ask the owner of the API, with the decision id.',
  },
  upstream_unreachable: {
    category: 'upstream_failed',
    message: 'The service behind this route could not be reached. Try again later.',
  },
  upstream_broken: {
    category: 'upstream_failed',
    message: 'The service behind this route closed the connection or gave an answer that is not valid HTTP.',
  },
  upstream_timed_out: {
    category: 'upstream_timeout',
    message: 'The service behind this route did not answer in time. Try again later.',
  },
  upstream_saturated: {
    category: 'unavailable',
    message: 'The service behind this route has as many requests under way as it may have. Try again in a moment.',
  },
  upstream_unavailable: {
    category: 'unavailable',
    message: 'The service behind this route is not well, and is left alone for a moment. Try again later.',
  },
  upstream_token_unavailable: {
    category: 'forbidden',
    message:
      'The service behind takes access tokens of this installation only, and none can be made of your credential. Use an API key or a token that was issued here.',
  },
  upstream_token_misplaced: {
    category: 'invalid_input',
    message:
      'The route would send access tokens of an API to a place where that API is not served. Add the place to `servedAt` of the API.',
  },
  hash_parameter_missing: {
    category: 'invalid_input',
    message:
      'The upstream goes by a parameter of the path which the route does not have. Name a parameter of `match.path` so, or change `hash.name`.',
  },
  upstream_secret_misplaced: {
    category: 'invalid_input',
    message: 'The upstream would get a secret at a place that it was not set for. Set it for that place first.',
  },
  upstream_secret_missing: {
    category: 'unavailable',
    message: 'The service behind this route needs a secret that is not set. The operator must set it.',
  },
  upstream_secret_unknown: {
    category: 'not_found',
    message: 'The upstream declares no secret of this name. Add it to `secrets` of the upstream first.',
  },
  api_not_described: {
    category: 'not_found',
    message: 'There is no description of an API of this name. Apply an api_document that names it.',
  },
  upstream_not_found: {
    category: 'not_found',
    message:
      'No gateway in this process knows an upstream of this name. Check the name, and ask a process that enforces.',
  },
  loop_detected: {
    category: 'upstream_failed',
    message:
      'The request has come through this gateway several times already (Via). The upstream of a route leads back to it; the operator must correct that.',
  },
  recording_unavailable: {
    category: 'unavailable',
    message: 'Requests can not be recorded at the moment, and may not be served unrecorded. Try again later.',
  },
  changes_unheard: {
    category: 'unavailable',
    message:
      'The gateway has been cut off from its database for too long to know what was revoked meanwhile. Try again later.',
  },
  route_unavailable: {
    category: 'unavailable',
    message: 'This route is not usable as it is configured. The operator must correct it.',
  },
  plan_unavailable: {
    category: 'unavailable',
    message:
      'The plan of this credential does not exist any more, so its limits are unknown. The operator must correct it.',
  },
  decision_unavailable: {
    category: 'unavailable',
    message: 'Whether you may do this could not be decided, so the answer is no for now. Try again later.',
  },
  gateway_failed: {
    category: 'internal',
    message: 'Something went wrong in the gateway. Try again, or give the operator the decision id.',
  },
  proxy_not_trusted: {
    category: 'forbidden',
    message: 'Only proxies in `trustedProxies` may ask whether a request may pass. Add the address of this one.',
  },
  check_not_known: {
    category: 'not_found',
    message: 'Proxies ask here at /auth-request, /forward-auth or /envoy. Correct the address in the proxy.',
  },
  check_malformed: {
    category: 'invalid_input',
    message:
      'The proxy does not tell exactly once what the original request was. Correct what `unclear` names in its configuration.',
  },
  check_too_large: {
    category: 'invalid_input',
    message:
      'What the proxy tells of the request is longer than can be judged. Send shorter headers; `bytes_max` says how long all of it may be.',
  },
  identity_claimed: {
    category: 'invalid_input',
    message: 'The request carries a header whose name begins with Gatehouse. Those are set here alone; leave it out.',
  },
  request_overridden: {
    category: 'invalid_input',
    message:
      'A header asks for another method, path or host than that of the request, which alone is judged here. Leave `header` out.',
  },
  answer_not_carried: {
    category: 'forbidden',
    message:
      'The gateway would answer this request itself, which a proxy that only asks it can not pass on. Let the proxy answer it.',
  },
  certificate_unusable: {
    category: 'invalid_input',
    message:
      'A certificate file of the listener can not be used. The message names the file and what is wrong with it.',
  },
  configuration_unusable: {
    category: 'internal',
    message: 'The routes could not be loaded; the ones in use before stay in use. The log says which one is at fault.',
  },
});

export type GatewayErrorCode = keyof typeof gatewayErrors;

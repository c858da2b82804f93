const bad = <Wire extends string>(wire: Wire, message: string) =>
  ({ wire, category: 'invalid_input', message }) as const;

/** Of grants whose person answers somewhere else: RFC 8628 §3.5, OpenID Connect CIBA §11 and §13. */
export const decoupledDefinitions = {
  authorization_pending: bad(
    'authorization_pending',
    'The person has not answered yet. Ask again after the interval that you were given.',
  ),
  slow_down: bad(
    'slow_down',
    'You are asking too often. Wait five seconds longer between two questions from now on (RFC 8628 section 3.5).',
  ),
  decoupled_request_expired: bad(
    'expired_token',
    'The person did not answer in time. Start again with a new authorization request.',
  ),
  decoupled_request_denied: bad(
    'access_denied',
    'The person declined, and nothing was granted. Stop asking; start a new request when they want it.',
  ),
  decoupled_request_invalid: bad(
    'invalid_grant',
    'The request is unknown, belongs to another client, or its tokens were collected before. Start a new one.',
  ),
  binding_message_invalid: bad(
    'invalid_binding_message',
    'binding_message must be at most 64 characters of letters, digits, punctuation and blanks (CIBA section 7.1).',
  ),
  approval_code_missing: bad(
    'missing_user_code',
    'This person wants to be asked with their code alone. Ask them for it, and send it as user_code (CIBA section 7.1).',
  ),
  approval_code_wrong: bad('invalid_user_code', "The user_code is not this person's. Ask them for it again."),
  approvals_waiting: bad(
    'access_denied',
    'Too many requests wait for this person already. Ask again when some are answered or have expired.',
  ),
  user_code_invalid: bad(
    'invalid_request',
    'No device waits with this code. Check it, or let the device show a new one: a code is good for ten minutes.',
  ),
  device_answer_invalid: bad(
    'invalid_request',
    'This page is no longer valid: the device was answered, gave up, or you signed in anew. Enter the code again.',
  ),
};
